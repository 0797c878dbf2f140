SELECT victim_name FROM demo_kill UNION SELECT killer_name FROM demo_kill WHERE killer_name IS NOT NULL
