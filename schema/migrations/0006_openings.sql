CREATE TABLE `openings` (
	`work_id` text NOT NULL,
	`version` integer NOT NULL,
	`operator` text NOT NULL,
	`content_hash` text NOT NULL,
	`payment_key` text NOT NULL,
	`opened_at` integer NOT NULL,
	`proof` text NOT NULL,
	PRIMARY KEY(`work_id`, `version`, `operator`)
);
