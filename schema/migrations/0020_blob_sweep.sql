CREATE TABLE `blob_sweep` (
	`id` integer PRIMARY KEY NOT NULL,
	`version_row` integer NOT NULL,
	`page` text,
	`rests_until` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `blob_touches` (
	`sha256` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `manifest_parts` (
	`sha256` text NOT NULL,
	`content_hash` text NOT NULL,
	PRIMARY KEY(`sha256`, `content_hash`)
);
