DROP INDEX idx_tracker_file_written;
DROP INDEX idx_tracker_file_start;
ALTER TABLE tracker_file DROP COLUMN damaged;
DROP TABLE stale_figure;
