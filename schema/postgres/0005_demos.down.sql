DROP TABLE demo_kill;
DROP TABLE demo_file;
