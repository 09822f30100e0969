ALTER TABLE `openings` ADD `minimum_bond` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `openings_by_operator` ON `openings` (`operator`,`opened_at`);