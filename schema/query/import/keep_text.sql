INSERT INTO long_text (fitted, whole) VALUES ($1, $2) ON CONFLICT (fitted) DO NOTHING
