-- One short row for each blob that a version or its manifest names: whether one is named is then one look, at any number of versions.
CREATE TABLE `named_blobs` (
	`sha256` blob PRIMARY KEY NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `named_blobs` (sha256)
  SELECT unhex(sha256) FROM `manifest_parts_before` UNION SELECT content_hash FROM `versions` ORDER BY 1;
--> statement-breakpoint
DROP TABLE `manifest_parts_before`;
--> statement-breakpoint
-- The round begins anew: what was published since 0024 may not have been read.
DELETE FROM `blob_sweep`;
--> statement-breakpoint
CREATE TRIGGER `versions_name` AFTER INSERT ON `versions` BEGIN
  INSERT OR IGNORE INTO named_blobs (sha256) VALUES (new.content_hash);
END;
--> statement-breakpoint
-- As an upsert has it, where a conflict in a trigger is not ignored.
CREATE TRIGGER `versions_rename` AFTER UPDATE ON `versions` WHEN old.content_hash <> new.content_hash BEGIN
  INSERT INTO named_blobs (sha256) SELECT new.content_hash
    WHERE NOT EXISTS (SELECT 1 FROM named_blobs WHERE sha256 = new.content_hash);
END;
