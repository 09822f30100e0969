-- One short row for each blob that a version or its manifest names: whether one is named is then one look, at any number of versions.
CREATE TABLE `named_blobs` (
	`sha256` blob PRIMARY KEY NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `named_blobs` (sha256)
  SELECT unhex(sha256) FROM `manifest_parts` UNION SELECT content_hash FROM `versions` ORDER BY 1;
--> statement-breakpoint
DROP TABLE `manifest_parts`;
--> statement-breakpoint
CREATE TRIGGER `versions_name` AFTER INSERT ON `versions` BEGIN
  INSERT OR IGNORE INTO named_blobs (sha256) VALUES (new.content_hash);
END;
--> statement-breakpoint
CREATE TRIGGER `versions_rename` AFTER UPDATE ON `versions` WHEN old.content_hash <> new.content_hash BEGIN
  INSERT OR IGNORE INTO named_blobs (sha256) VALUES (new.content_hash);
END;
