DROP TABLE discord_shown;
