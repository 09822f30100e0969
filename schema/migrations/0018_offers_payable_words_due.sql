CREATE TABLE `words_due` (
	`work_id` text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
ALTER TABLE `offers` ADD `payable` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `offers` ADD `checked_block` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `offers_by_check` ON `offers` (`checked_block`);