CREATE TABLE `acts` (
	`seq` integer NOT NULL,
	`work_id` text NOT NULL,
	`kind` text NOT NULL,
	`actor` text NOT NULL,
	`recipient` text,
	`quantity` integer,
	`version` integer,
	`at` integer NOT NULL,
	`tx` text NOT NULL,
	PRIMARY KEY(`seq`, `work_id`)
);
--> statement-breakpoint
CREATE INDEX `acts_by_work` ON `acts` (`work_id`,`seq`);--> statement-breakpoint
CREATE INDEX `acts_by_actor` ON `acts` (`actor`,`seq`);--> statement-breakpoint
CREATE INDEX `acts_by_recipient` ON `acts` (`recipient`,`seq`);--> statement-breakpoint
CREATE TABLE `holders` (
	`holder` text PRIMARY KEY NOT NULL,
	`works` integer NOT NULL,
	`editions` integer NOT NULL,
	`opened_copies` integer NOT NULL,
	`purchases` integer NOT NULL,
	`spent_atomic` text NOT NULL,
	`resales` integer NOT NULL,
	`sold_atomic` text NOT NULL,
	`first_seen_at` integer NOT NULL
);
--> statement-breakpoint
DROP INDEX `listings_by_seller`;--> statement-breakpoint
CREATE INDEX `listings_by_age` ON `listings` (`work_id`,`posted_at`);--> statement-breakpoint
CREATE INDEX `listings_by_seller` ON `listings` (`seller`,`posted_at`);--> statement-breakpoint
DROP INDEX `offers_by_buyer`;--> statement-breakpoint
CREATE INDEX `offers_by_age` ON `offers` (`work_id`,`posted_at`);--> statement-breakpoint
CREATE INDEX `offers_by_buyer` ON `offers` (`buyer`,`posted_at`);
--> statement-breakpoint
-- What was indexed before has no acts and no holders: the chain is read again from the ledger's first block.
DELETE FROM `texts`;
--> statement-breakpoint
DELETE FROM `works`;
--> statement-breakpoint
DELETE FROM `creators`;
--> statement-breakpoint
DELETE FROM `facet_counts`;
--> statement-breakpoint
DELETE FROM `wordless`;
--> statement-breakpoint
DELETE FROM `words`;
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
DELETE FROM `earnings`;
--> statement-breakpoint
DELETE FROM `earning_sums`;
--> statement-breakpoint
DELETE FROM `operators`;
--> statement-breakpoint
DELETE FROM `makers`;
--> statement-breakpoint
DELETE FROM `nonces`;
--> statement-breakpoint
DELETE FROM `fees`;
--> statement-breakpoint
DELETE FROM `totals`;
--> statement-breakpoint
DELETE FROM `words_due`;
--> statement-breakpoint
DELETE FROM `blocks`;
--> statement-breakpoint
DELETE FROM `journal`;
--> statement-breakpoint
DELETE FROM `cursor`;
