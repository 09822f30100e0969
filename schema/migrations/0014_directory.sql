CREATE TABLE `health` (
	`operator` text PRIMARY KEY NOT NULL,
	`endpoint` text NOT NULL,
	`due_at` integer NOT NULL,
	`summary` text,
	`samples` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `health_by_turn` ON `health` (`due_at`);--> statement-breakpoint
CREATE TABLE `quotes` (
	`work_id` text NOT NULL,
	`operator` text NOT NULL,
	`asked_at` integer NOT NULL,
	`quote` text,
	PRIMARY KEY(`work_id`, `operator`)
);
--> statement-breakpoint
CREATE INDEX `quotes_by_operator` ON `quotes` (`operator`,`asked_at`);--> statement-breakpoint
CREATE INDEX `operators_by_age` ON `operators` (`registered_at`,`operator`);