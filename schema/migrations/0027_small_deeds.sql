-- As in the migration before: works by their ordinal, accounts and hashes as bytes.
ALTER TABLE `acts` RENAME TO `acts_before`;
--> statement-breakpoint
CREATE TABLE `acts` (
	`seq` integer NOT NULL,
	`work` integer NOT NULL,
	`kind` text NOT NULL,
	`actor` blob NOT NULL,
	`recipient` blob,
	`quantity` integer,
	`version` integer,
	`at` integer NOT NULL,
	`tx` blob NOT NULL,
	PRIMARY KEY(`seq`, `work`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `acts` (seq, work, kind, actor, recipient, quantity, version, at, tx)
  SELECT b.seq, (SELECT ordinal FROM `works` w WHERE w.work_id = b.work_id), b.kind, unhex(substr(b.actor, 3)), unhex(substr(b.recipient, 3)), b.quantity, b.version, b.at, unhex(substr(b.tx, 3))
  FROM `acts_before` b ORDER BY 1, 2;
--> statement-breakpoint
DROP TABLE `acts_before`;
--> statement-breakpoint
CREATE INDEX `acts_by_work` ON `acts` (`work`,`seq`);
--> statement-breakpoint
CREATE INDEX `acts_by_actor` ON `acts` (`actor`,`seq`);
--> statement-breakpoint
CREATE INDEX `acts_by_recipient` ON `acts` (`recipient`,`seq`);
--> statement-breakpoint
ALTER TABLE `collections` RENAME TO `collections_before`;
--> statement-breakpoint
CREATE TABLE `collections` (
	`seq` integer PRIMARY KEY NOT NULL,
	`work` integer NOT NULL,
	`operator` blob NOT NULL,
	`amount_atomic` text NOT NULL,
	`creator_atomic` text NOT NULL,
	`parents_atomic` text NOT NULL,
	`operator_atomic` text NOT NULL,
	`protocol_atomic` text NOT NULL,
	`at` integer NOT NULL,
	`tx` blob NOT NULL
);
--> statement-breakpoint
INSERT INTO `collections` (seq, work, operator, amount_atomic, creator_atomic, parents_atomic, operator_atomic, protocol_atomic, at, tx)
  SELECT b.seq, (SELECT ordinal FROM `works` w WHERE w.work_id = b.work_id), unhex(substr(b.operator, 3)), b.amount_atomic, b.creator_atomic, b.parents_atomic, b.operator_atomic, b.protocol_atomic, b.at, unhex(substr(b.tx, 3))
  FROM `collections_before` b ORDER BY 1;
--> statement-breakpoint
DROP TABLE `collections_before`;
--> statement-breakpoint
CREATE INDEX `collections_by_work` ON `collections` (`work`,`seq`);
--> statement-breakpoint
CREATE INDEX `collections_by_operator` ON `collections` (`operator`,`seq`);
--> statement-breakpoint
ALTER TABLE `earnings` RENAME TO `earnings_before`;
--> statement-breakpoint
CREATE TABLE `earnings` (
	`account` blob NOT NULL,
	`role` text NOT NULL,
	`at` integer NOT NULL,
	`seq` integer NOT NULL,
	`kind` text NOT NULL,
	`work` integer NOT NULL,
	`amount_atomic` text NOT NULL,
	`tx` blob NOT NULL,
	PRIMARY KEY(`account`, `role`, `at`, `seq`, `kind`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `earnings` (account, role, at, seq, kind, work, amount_atomic, tx)
  SELECT unhex(substr(b.account, 3)), b.role, b.at, b.seq, b.kind, (SELECT ordinal FROM `works` w WHERE w.work_id = b.work_id), b.amount_atomic, unhex(substr(b.tx, 3))
  FROM `earnings_before` b ORDER BY 1, 2, 3, 4, 5;
--> statement-breakpoint
DROP TABLE `earnings_before`;
--> statement-breakpoint
ALTER TABLE `earning_sums` RENAME TO `earning_sums_before`;
--> statement-breakpoint
CREATE TABLE `earning_sums` (
	`account` blob NOT NULL,
	`role` text NOT NULL,
	`grouped_by` text NOT NULL,
	`name` text NOT NULL,
	`amount_atomic` text NOT NULL,
	`payments` integer NOT NULL,
	PRIMARY KEY(`account`, `role`, `grouped_by`, `name`)
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `earning_sums` (account, role, grouped_by, name, amount_atomic, payments)
  SELECT unhex(substr(b.account, 3)), b.role, b.grouped_by, b.name, b.amount_atomic, b.payments
  FROM `earning_sums_before` b ORDER BY 1, 2, 3, 4;
--> statement-breakpoint
DROP TABLE `earning_sums_before`;
