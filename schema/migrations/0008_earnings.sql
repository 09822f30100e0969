CREATE TABLE `earning_sums` (
	`account` text NOT NULL,
	`role` text NOT NULL,
	`grouped_by` text NOT NULL,
	`name` text NOT NULL,
	`amount_atomic` text NOT NULL,
	`payments` integer NOT NULL,
	PRIMARY KEY(`account`, `role`, `grouped_by`, `name`)
);
--> statement-breakpoint
CREATE TABLE `earnings` (
	`account` text NOT NULL,
	`role` text NOT NULL,
	`at` integer NOT NULL,
	`seq` integer NOT NULL,
	`kind` text NOT NULL,
	`work_id` text NOT NULL,
	`amount_atomic` text NOT NULL,
	`tx` text NOT NULL,
	PRIMARY KEY(`account`, `role`, `at`, `seq`, `kind`)
);
--> statement-breakpoint
-- What was indexed before has no earnings: the chain is read again from the ledger's first block.
DELETE FROM `works`;
--> statement-breakpoint
DELETE FROM `versions`;
--> statement-breakpoint
DELETE FROM `parents`;
--> statement-breakpoint
DELETE FROM `admissions`;
--> statement-breakpoint
DELETE FROM `holdings`;
--> statement-breakpoint
DELETE FROM `trades`;
--> statement-breakpoint
DELETE FROM `collections`;
--> statement-breakpoint
DELETE FROM `operators`;
--> statement-breakpoint
DELETE FROM `makers`;
--> statement-breakpoint
DELETE FROM `nonces`;
--> statement-breakpoint
DELETE FROM `fees`;
--> statement-breakpoint
DELETE FROM `texts`;
--> statement-breakpoint
DELETE FROM `blocks`;
--> statement-breakpoint
DELETE FROM `journal`;
--> statement-breakpoint
DELETE FROM `cursor`;
