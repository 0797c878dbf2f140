SELECT path, bytes, modified_ms, reader, refused, complaints FROM demo_file ORDER BY {bytes path}
