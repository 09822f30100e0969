CREATE TABLE `offers` (
	`digest` text NOT NULL,
	`payment` text NOT NULL,
	`buyer` text NOT NULL,
	`work_id` text NOT NULL,
	`quantity` integer NOT NULL,
	`price_atomic` integer NOT NULL,
	`nonce` text NOT NULL,
	`counter` text NOT NULL,
	`filled_order` text NOT NULL,
	`expires_at` integer NOT NULL,
	`signature` text NOT NULL,
	`posted_at` integer NOT NULL,
	PRIMARY KEY(`digest`, `payment`)
);
--> statement-breakpoint
CREATE INDEX `offers_by_work` ON `offers` (`work_id`,`price_atomic`);--> statement-breakpoint
CREATE INDEX `offers_by_buyer` ON `offers` (`buyer`,`digest`);--> statement-breakpoint
CREATE INDEX `offers_by_expiry` ON `offers` (`expires_at`);