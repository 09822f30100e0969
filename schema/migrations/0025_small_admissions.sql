-- As in the migration before: works by their ordinal, accounts and hashes as bytes.
ALTER TABLE `admissions` RENAME TO `admissions_before`;
--> statement-breakpoint
CREATE TABLE `admissions` (
	`work` integer NOT NULL,
	`operator` blob NOT NULL,
	`admitted` integer NOT NULL,
	`effective_at` integer NOT NULL,
	`accepted_at` integer,
	PRIMARY KEY(`work`, `operator`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `admissions` (work, operator, admitted, effective_at, accepted_at)
  SELECT (SELECT ordinal FROM `works` w WHERE w.work_id = b.work_id), unhex(substr(b.operator, 3)), b.admitted, b.effective_at, b.accepted_at
  FROM `admissions_before` b ORDER BY 1, 2;
--> statement-breakpoint
DROP TABLE `admissions_before`;
--> statement-breakpoint
CREATE INDEX `admissions_by_operator` ON `admissions` (`operator`);
--> statement-breakpoint
ALTER TABLE `parents` RENAME TO `parents_before`;
--> statement-breakpoint
CREATE TABLE `parents` (
	`work` integer NOT NULL,
	`parent` integer NOT NULL,
	`share_bps` integer NOT NULL,
	`confirmed` integer NOT NULL,
	PRIMARY KEY(`work`, `parent`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `parents` (work, parent, share_bps, confirmed)
  SELECT (SELECT ordinal FROM `works` w WHERE w.work_id = b.work_id), (SELECT ordinal FROM `works` w WHERE w.work_id = b.parent_id), b.share_bps, b.confirmed
  FROM `parents_before` b ORDER BY 1, 2;
--> statement-breakpoint
DROP TABLE `parents_before`;
--> statement-breakpoint
CREATE INDEX `parents_by_parent` ON `parents` (`parent`,`work`);
--> statement-breakpoint
ALTER TABLE `fees` RENAME TO `fees_before`;
--> statement-breakpoint
CREATE TABLE `fees` (
	`work` integer PRIMARY KEY NOT NULL,
	`fee_bps` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `fees` (work, fee_bps)
  SELECT (SELECT ordinal FROM `works` w WHERE w.work_id = b.work_id), b.fee_bps
  FROM `fees_before` b ORDER BY 1;
--> statement-breakpoint
DROP TABLE `fees_before`;
