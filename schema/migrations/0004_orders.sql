CREATE TABLE `fees` (
	`work_id` text PRIMARY KEY NOT NULL,
	`fee_bps` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `listings` (
	`digest` text PRIMARY KEY NOT NULL,
	`seller` text NOT NULL,
	`work_id` text NOT NULL,
	`quantity` integer NOT NULL,
	`price_atomic` integer NOT NULL,
	`min_proceeds_atomic` integer NOT NULL,
	`max_fee_bps` integer NOT NULL,
	`nonce` text NOT NULL,
	`counter` text NOT NULL,
	`filled_order` text NOT NULL,
	`expires_at` integer NOT NULL,
	`signature` text NOT NULL,
	`posted_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `listings_by_work` ON `listings` (`work_id`,`price_atomic`,`digest`);--> statement-breakpoint
CREATE INDEX `listings_by_seller` ON `listings` (`seller`,`digest`);--> statement-breakpoint
CREATE INDEX `listings_by_expiry` ON `listings` (`expires_at`);--> statement-breakpoint
CREATE TABLE `makers` (
	`maker` text PRIMARY KEY NOT NULL,
	`counter` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `nonces` (
	`maker` text NOT NULL,
	`nonce` text NOT NULL,
	`counter` text NOT NULL,
	`cancelled` integer NOT NULL,
	`filled` integer NOT NULL,
	`filled_order` text,
	PRIMARY KEY(`maker`, `nonce`)
);
--> statement-breakpoint
CREATE TABLE `trades` (
	`seq` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`work_id` text NOT NULL,
	`seller` text NOT NULL,
	`recipient` text NOT NULL,
	`quantity` integer NOT NULL,
	`cost_atomic` text NOT NULL,
	`royalty_atomic` text NOT NULL,
	`fee_atomic` text NOT NULL,
	`at` integer NOT NULL,
	`tx` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `trades_by_work` ON `trades` (`work_id`,`seq`);--> statement-breakpoint
CREATE INDEX `trades_by_seller` ON `trades` (`seller`,`seq`);--> statement-breakpoint
CREATE INDEX `trades_by_recipient` ON `trades` (`recipient`,`seq`);--> statement-breakpoint
ALTER TABLE `admissions` ADD `accepted_at` integer;