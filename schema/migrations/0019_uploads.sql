CREATE TABLE `dag_leaves` (
	`digest` text PRIMARY KEY NOT NULL,
	`sha256` text NOT NULL,
	`leaf` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `unsigned_bytes` (
	`day` integer NOT NULL,
	`network` text NOT NULL,
	`size_bytes` integer NOT NULL,
	PRIMARY KEY(`day`, `network`)
);
--> statement-breakpoint
CREATE TABLE `upload_chunks` (
	`upload_id` text NOT NULL,
	`chunk` integer NOT NULL,
	`sha256` text,
	`etag` text,
	`leaves` text,
	`claim` text NOT NULL,
	`claimed_at` integer NOT NULL,
	PRIMARY KEY(`upload_id`, `chunk`)
);
--> statement-breakpoint
CREATE TABLE `uploads` (
	`upload_id` text PRIMARY KEY NOT NULL,
	`wallet` text NOT NULL,
	`sha256` text NOT NULL,
	`size_bytes` integer NOT NULL,
	`chunk_bytes` integer NOT NULL,
	`multipart_id` text,
	`state` text NOT NULL,
	`claim` text,
	`claimed_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`touched_at` integer NOT NULL,
	`cid` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `uploads_under_way` ON `uploads` (`wallet`,`sha256`,`size_bytes`) WHERE state IN ('open', 'checking');--> statement-breakpoint
CREATE INDEX `uploads_by_wallet` ON `uploads` (`wallet`,`created_at`);--> statement-breakpoint
CREATE INDEX `uploads_by_touch` ON `uploads` (`state`,`touched_at`);