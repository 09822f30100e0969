CREATE TABLE `creators` (
	`creator` text PRIMARY KEY NOT NULL,
	`works` integer NOT NULL,
	`minted` integer NOT NULL,
	`sales` integer NOT NULL,
	`collected_atomic` integer NOT NULL,
	`royalties_atomic` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `facet_counts` (
	`facet` text NOT NULL,
	`value` text NOT NULL,
	`works` integer NOT NULL,
	PRIMARY KEY(`facet`, `value`)
);
--> statement-breakpoint
CREATE INDEX `facet_counts_by_works` ON `facet_counts` (`facet`,works DESC,`value`);--> statement-breakpoint
CREATE TABLE `totals` (
	`name` text PRIMARY KEY NOT NULL,
	`value` integer NOT NULL
);
--> statement-breakpoint
DROP INDEX `versions_by_hash`;--> statement-breakpoint
DROP INDEX `works_by_creator`;--> statement-breakpoint
DROP INDEX `works_by_kind`;--> statement-breakpoint
DROP INDEX `works_by_price`;--> statement-breakpoint
DROP INDEX `works_by_sales`;--> statement-breakpoint
DROP INDEX `works_by_kind_price`;--> statement-breakpoint
DROP INDEX `works_by_kind_sales`;--> statement-breakpoint
ALTER TABLE `works` ADD `ordinal` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `works` ADD `warm_until` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `works_by_ordinal` ON `works` (`ordinal`);--> statement-breakpoint
DROP INDEX `holdings_by_work`;--> statement-breakpoint
CREATE INDEX `holdings_by_work` ON `holdings` (`work_id`,`holder`);--> statement-breakpoint
DROP INDEX `parents_by_parent`;--> statement-breakpoint
CREATE INDEX `parents_by_parent` ON `parents` (`parent_id`,`work_id`);