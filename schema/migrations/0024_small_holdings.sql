-- Works by their ordinal, accounts and hashes as bytes: see columns.ts. A file a heavy table, so that each is a batch of its own.
-- The Worker that still runs drops blobs that nothing in these tables names, and finds no text in bytes: without this one it finds nothing
-- to drop either. 0031 takes it up.
ALTER TABLE `manifest_parts` RENAME TO `manifest_parts_before`;
--> statement-breakpoint
ALTER TABLE `holdings` RENAME TO `holdings_before`;
--> statement-breakpoint
CREATE TABLE `holdings` (
	`holder` blob NOT NULL,
	`work` integer NOT NULL,
	`editions` integer NOT NULL,
	`opened_copies` integer NOT NULL,
	PRIMARY KEY(`holder`, `work`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `holdings` (holder, work, editions, opened_copies)
  SELECT unhex(substr(b.holder, 3)), (SELECT ordinal FROM `works` w WHERE w.work_id = b.work_id), b.editions, b.opened_copies
  FROM `holdings_before` b ORDER BY b.holder, 2;
--> statement-breakpoint
DROP TABLE `holdings_before`;
--> statement-breakpoint
CREATE INDEX `holdings_by_work` ON `holdings` (`work`,`holder`);
