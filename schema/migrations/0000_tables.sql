CREATE TABLE `admissions` (
	`work_id` text NOT NULL,
	`operator` text NOT NULL,
	`admitted` integer NOT NULL,
	`effective_at` integer NOT NULL,
	PRIMARY KEY(`work_id`, `operator`)
);
--> statement-breakpoint
CREATE INDEX `admissions_by_operator` ON `admissions` (`operator`);--> statement-breakpoint
CREATE TABLE `blocks` (
	`number` integer PRIMARY KEY NOT NULL,
	`hash` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `collections` (
	`seq` integer PRIMARY KEY NOT NULL,
	`work_id` text NOT NULL,
	`operator` text NOT NULL,
	`amount_atomic` text NOT NULL,
	`creator_atomic` text NOT NULL,
	`parents_atomic` text NOT NULL,
	`operator_atomic` text NOT NULL,
	`protocol_atomic` text NOT NULL,
	`at` integer NOT NULL,
	`tx` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `collections_by_work` ON `collections` (`work_id`,`seq`);--> statement-breakpoint
CREATE INDEX `collections_by_operator` ON `collections` (`operator`,`seq`);--> statement-breakpoint
CREATE TABLE `cursor` (
	`id` integer PRIMARY KEY NOT NULL,
	`ledger` text NOT NULL,
	`number` integer NOT NULL,
	`hash` text NOT NULL,
	`at` integer NOT NULL,
	`head` integer,
	`halted` integer NOT NULL,
	`reason` text,
	`lease` text,
	`lease_until` integer NOT NULL,
	`unbroken` integer NOT NULL,
	CONSTRAINT "one_writer" CHECK("cursor"."unbroken" = 1)
);
--> statement-breakpoint
CREATE TABLE `holdings` (
	`holder` text NOT NULL,
	`work_id` text NOT NULL,
	`editions` integer NOT NULL,
	`opened_copies` integer NOT NULL,
	PRIMARY KEY(`holder`, `work_id`)
);
--> statement-breakpoint
CREATE INDEX `holdings_by_work` ON `holdings` (`work_id`);--> statement-breakpoint
CREATE TABLE `journal` (
	`block` integer NOT NULL,
	`table_name` text NOT NULL,
	`key` text NOT NULL,
	`before` text,
	PRIMARY KEY(`block`, `table_name`, `key`)
);
--> statement-breakpoint
CREATE TABLE `listings` (
	`digest` text PRIMARY KEY NOT NULL,
	`seller` text NOT NULL,
	`work_id` text NOT NULL,
	`quantity` integer NOT NULL,
	`price_atomic` integer NOT NULL,
	`nonce` text NOT NULL,
	`word_index` text NOT NULL,
	`mask_digit` integer NOT NULL,
	`mask_flag` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`signature` text NOT NULL,
	`posted_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `listings_by_work` ON `listings` (`work_id`,`price_atomic`,`digest`);--> statement-breakpoint
CREATE INDEX `listings_by_seller` ON `listings` (`seller`,`digest`);--> statement-breakpoint
CREATE INDEX `listings_by_expiry` ON `listings` (`expires_at`);--> statement-breakpoint
CREATE TABLE `nonce_words` (
	`seller` text NOT NULL,
	`word_index` text NOT NULL,
	`mask` text NOT NULL,
	PRIMARY KEY(`seller`, `word_index`)
);
--> statement-breakpoint
CREATE TABLE `operators` (
	`operator` text PRIMARY KEY NOT NULL,
	`endpoint` text NOT NULL,
	`session_key` text NOT NULL,
	`payment_key` text NOT NULL,
	`turn_fee_atomic` integer NOT NULL,
	`input_atomic` integer NOT NULL,
	`output_atomic` integer NOT NULL,
	`bond_atomic` text NOT NULL,
	`free_at` integer,
	`registered_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `parents` (
	`work_id` text NOT NULL,
	`parent_id` text NOT NULL,
	`share_bps` integer NOT NULL,
	`confirmed` integer NOT NULL,
	PRIMARY KEY(`work_id`, `parent_id`)
);
--> statement-breakpoint
CREATE INDEX `parents_by_parent` ON `parents` (`parent_id`);--> statement-breakpoint
CREATE TABLE `texts` (
	`seq` integer PRIMARY KEY NOT NULL,
	`content_hash` text NOT NULL,
	`version` integer NOT NULL,
	`title` text NOT NULL,
	`summary` text NOT NULL,
	`tags` text NOT NULL,
	`language` text NOT NULL,
	`licence` text NOT NULL,
	`base_model_name` text NOT NULL,
	`base_model_sha256` text NOT NULL,
	`has_adapter` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `trades` (
	`seq` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`work_id` text NOT NULL,
	`seller` text NOT NULL,
	`recipient` text NOT NULL,
	`quantity` integer NOT NULL,
	`price_atomic` text NOT NULL,
	`royalty_atomic` text NOT NULL,
	`fee_atomic` text NOT NULL,
	`at` integer NOT NULL,
	`tx` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `trades_by_work` ON `trades` (`work_id`,`seq`);--> statement-breakpoint
CREATE INDEX `trades_by_seller` ON `trades` (`seller`,`seq`);--> statement-breakpoint
CREATE INDEX `trades_by_recipient` ON `trades` (`recipient`,`seq`);--> statement-breakpoint
CREATE TABLE `versions` (
	`work_id` text NOT NULL,
	`version` integer NOT NULL,
	`content_hash` text NOT NULL,
	`published_at` integer NOT NULL,
	PRIMARY KEY(`work_id`, `version`)
);
--> statement-breakpoint
CREATE INDEX `versions_by_hash` ON `versions` (`content_hash`);--> statement-breakpoint
CREATE TABLE `works` (
	`seq` integer PRIMARY KEY NOT NULL,
	`work_id` text NOT NULL,
	`creator` text NOT NULL,
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
	`content_hash` text NOT NULL,
	`minted` integer NOT NULL,
	`sales` integer NOT NULL,
	`last_price_atomic` text,
	`collected_atomic` text NOT NULL,
	`royalties_atomic` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `works_work_id_unique` ON `works` (`work_id`);--> statement-breakpoint
CREATE INDEX `works_by_creator` ON `works` (`creator`,`seq`);--> statement-breakpoint
CREATE INDEX `works_by_kind` ON `works` (`kind`,`seq`);--> statement-breakpoint
CREATE INDEX `works_by_price` ON `works` (`price_atomic`,`seq`);--> statement-breakpoint
CREATE INDEX `works_by_sales` ON `works` (`sales`,`seq`);--> statement-breakpoint
CREATE INDEX `works_by_kind_price` ON `works` (`kind`,`price_atomic`,`seq`);--> statement-breakpoint
CREATE INDEX `works_by_kind_sales` ON `works` (`kind`,`sales`,`seq`);