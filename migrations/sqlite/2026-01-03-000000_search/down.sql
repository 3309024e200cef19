DROP TABLE resource_text;
DROP TABLE ix_position;
