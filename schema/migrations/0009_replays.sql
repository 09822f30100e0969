CREATE TABLE `replays` (
	`name` text PRIMARY KEY NOT NULL,
	`request_hash` text NOT NULL,
	`claim` text NOT NULL,
	`claimed_at` integer NOT NULL,
	`status` integer,
	`content_type` text,
	`body` text
);
--> statement-breakpoint
CREATE INDEX `replays_by_age` ON `replays` (`claimed_at`);