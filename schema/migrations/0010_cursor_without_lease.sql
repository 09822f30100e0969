ALTER TABLE `cursor` DROP COLUMN `settled`;--> statement-breakpoint
ALTER TABLE `cursor` DROP COLUMN `lease`;--> statement-breakpoint
ALTER TABLE `cursor` DROP COLUMN `lease_until`;