DROP TABLE discord_post;
