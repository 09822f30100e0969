-- As in the migration before. Rows keep their numbers: the sweep of the store has come as far as one of them.
ALTER TABLE `versions` RENAME TO `versions_before`;
--> statement-breakpoint
CREATE TABLE `versions` (
	`work` integer NOT NULL,
	`version` integer NOT NULL,
	`content_hash` blob NOT NULL,
	`published_at` integer NOT NULL,
	PRIMARY KEY(`work`, `version`)
);
--> statement-breakpoint
INSERT INTO `versions` (rowid, work, version, content_hash, published_at)
  SELECT b.rowid, (SELECT ordinal FROM `works` w WHERE w.work_id = b.work_id), b.version, unhex(b.content_hash), b.published_at
  FROM `versions_before` b ORDER BY b.rowid;
--> statement-breakpoint
DROP TABLE `versions_before`;
