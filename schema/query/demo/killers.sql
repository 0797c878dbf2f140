SELECT DISTINCT killer_name FROM demo_kill WHERE killer_name IS NOT NULL
