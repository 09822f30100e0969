ALTER TABLE `cursor` ADD `passed_over` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `cursor` ADD `term` integer DEFAULT 0 NOT NULL;