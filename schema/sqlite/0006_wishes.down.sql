DROP TABLE discord_channel;
DROP TABLE hidden_player;
