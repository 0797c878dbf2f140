INSERT INTO demo_file (path_hash, path, bytes, modified_ms, reader, refused, complaints)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING id
