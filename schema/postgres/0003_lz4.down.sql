-- The server's own choice again.
DO $$
BEGIN
    EXECUTE 'ALTER TABLE player_track ALTER COLUMN path SET COMPRESSION default';
    EXECUTE 'ALTER TABLE combat_engagement ALTER COLUMN position_path SET COMPRESSION default,
             ALTER COLUMN attackers SET COMPRESSION default';
EXCEPTION
    WHEN syntax_error OR feature_not_supported THEN NULL;
END $$;
