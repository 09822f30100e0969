-- Creators and hashes as bytes. Views and triggers name the table, so they stand aside; they come back in the next one, which is the last
-- that makes anew what they name.
DROP VIEW `work_facets`;
--> statement-breakpoint
DROP VIEW `text_facets`;
--> statement-breakpoint
DROP VIEW `facet_tokens`;
--> statement-breakpoint
DROP VIEW `shelf_places`;
--> statement-breakpoint
DROP TRIGGER `texts_insert`;
--> statement-breakpoint
DROP TRIGGER `texts_before_update`;
--> statement-breakpoint
DROP TRIGGER `texts_after_update`;
--> statement-breakpoint
DROP TRIGGER `texts_before_delete`;
--> statement-breakpoint
DROP TRIGGER `texts_after_delete`;
--> statement-breakpoint
DROP TRIGGER `works_insert`;
--> statement-breakpoint
DROP TRIGGER `works_delete`;
--> statement-breakpoint
DROP TRIGGER `works_leave_shelves`;
--> statement-breakpoint
DROP TRIGGER `works_enter_shelves`;
--> statement-breakpoint
DROP TRIGGER `works_mark`;
--> statement-breakpoint
DROP TRIGGER `works_earn`;
--> statement-breakpoint
DROP TRIGGER `works_renew`;
--> statement-breakpoint
ALTER TABLE `works` RENAME TO `works_before`;
--> statement-breakpoint
CREATE TABLE `works` (
	`ordinal` integer PRIMARY KEY NOT NULL,
	`seq` integer NOT NULL,
	`work_id` text NOT NULL,
	`creator` blob NOT NULL,
	`kind` text NOT NULL,
	`disclosure` text NOT NULL,
	`admission` text NOT NULL,
	`edition_cap` integer NOT NULL,
	`price_atomic` integer NOT NULL,
	`resale_royalty_bps` integer NOT NULL,
	`usage_royalty_bps` integer NOT NULL,
	`max_turn_fee_atomic` integer NOT NULL,
	`max_input_atomic` integer NOT NULL,
	`max_output_atomic` integer NOT NULL,
	`created_at` integer NOT NULL,
	`latest_version` integer NOT NULL,
	`content_hash` blob NOT NULL,
	`minted` integer NOT NULL,
	`sales` integer NOT NULL,
	`last_price_atomic` text,
	`collected_atomic` text NOT NULL,
	`royalties_atomic` text NOT NULL,
	`warm_until` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
INSERT INTO `works` (ordinal, seq, work_id, creator, kind, disclosure, admission, edition_cap, price_atomic, resale_royalty_bps, usage_royalty_bps, max_turn_fee_atomic, max_input_atomic, max_output_atomic, created_at, latest_version, content_hash, minted, sales, last_price_atomic, collected_atomic, royalties_atomic, warm_until)
  SELECT ordinal, seq, work_id, unhex(substr(creator, 3)), kind, disclosure, admission, edition_cap, price_atomic, resale_royalty_bps, usage_royalty_bps, max_turn_fee_atomic, max_input_atomic, max_output_atomic, created_at, latest_version, unhex(content_hash), minted, sales, last_price_atomic, collected_atomic, royalties_atomic, warm_until
  FROM `works_before` ORDER BY 1;
--> statement-breakpoint
DROP TABLE `works_before`;
--> statement-breakpoint
CREATE UNIQUE INDEX `works_seq_unique` ON `works` (`seq`);
--> statement-breakpoint
CREATE UNIQUE INDEX `works_work_id_unique` ON `works` (`work_id`);
--> statement-breakpoint
ALTER TABLE `creators` RENAME TO `creators_before`;
--> statement-breakpoint
CREATE TABLE `creators` (
	`creator` blob PRIMARY KEY NOT NULL,
	`works` integer NOT NULL,
	`minted` integer NOT NULL,
	`sales` integer NOT NULL,
	`collected_atomic` integer NOT NULL,
	`royalties_atomic` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `creators` (creator, works, minted, sales, collected_atomic, royalties_atomic)
  SELECT unhex(substr(creator, 3)), works, minted, sales, collected_atomic, royalties_atomic
  FROM `creators_before` ORDER BY 1;
--> statement-breakpoint
DROP TABLE `creators_before`;
