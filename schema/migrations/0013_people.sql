CREATE TABLE `favourites` (
	`wallet` text NOT NULL,
	`work_id` text NOT NULL,
	`added_at` integer NOT NULL,
	PRIMARY KEY(`wallet`, `work_id`)
);
--> statement-breakpoint
CREATE INDEX `favourites_by_age` ON `favourites` (`wallet`,`added_at`,`work_id`);--> statement-breakpoint
CREATE TABLE `hidden_works` (
	`work_id` text PRIMARY KEY NOT NULL,
	`reason` text NOT NULL,
	`note` text NOT NULL,
	`hidden_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `moderation` (
	`entry` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`work_id` text NOT NULL,
	`action` text NOT NULL,
	`reason` text NOT NULL,
	`note` text NOT NULL,
	`moderator` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `profiles` (
	`wallet` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`bio` text NOT NULL,
	`links` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `reports` (
	`reporter` text NOT NULL,
	`work_id` text NOT NULL,
	`reason` text NOT NULL,
	`text` text NOT NULL,
	`reported_at` integer NOT NULL,
	PRIMARY KEY(`reporter`, `work_id`)
);
--> statement-breakpoint
CREATE INDEX `reports_by_age` ON `reports` (`reported_at`,`reporter`,`work_id`);--> statement-breakpoint
CREATE INDEX `reports_by_reporter` ON `reports` (`reporter`,`reported_at`);--> statement-breakpoint
CREATE TRIGGER `moderation_stays` BEFORE DELETE ON `moderation` BEGIN SELECT RAISE(ABORT, 'the log of moderation is only ever added to'); END;
--> statement-breakpoint
CREATE TRIGGER `moderation_is_as_written` BEFORE UPDATE ON `moderation` BEGIN SELECT RAISE(ABORT, 'the log of moderation is only ever added to'); END;
