-- As in the migration before: works by their ordinal, accounts and hashes as bytes.
ALTER TABLE `trades` RENAME TO `trades_before`;
--> statement-breakpoint
CREATE TABLE `trades` (
	`seq` integer PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`work` integer NOT NULL,
	`seller` blob NOT NULL,
	`recipient` blob NOT NULL,
	`quantity` integer NOT NULL,
	`cost_atomic` text NOT NULL,
	`royalty_atomic` text NOT NULL,
	`fee_atomic` text NOT NULL,
	`at` integer NOT NULL,
	`tx` blob NOT NULL
);
--> statement-breakpoint
INSERT INTO `trades` (seq, kind, work, seller, recipient, quantity, cost_atomic, royalty_atomic, fee_atomic, at, tx)
  SELECT b.seq, b.kind, (SELECT ordinal FROM `works` w WHERE w.work_id = b.work_id), unhex(substr(b.seller, 3)), unhex(substr(b.recipient, 3)), b.quantity, b.cost_atomic, b.royalty_atomic, b.fee_atomic, b.at, unhex(substr(b.tx, 3))
  FROM `trades_before` b ORDER BY 1;
--> statement-breakpoint
DROP TABLE `trades_before`;
--> statement-breakpoint
CREATE INDEX `trades_by_work` ON `trades` (`work`,`seq`);
--> statement-breakpoint
CREATE INDEX `trades_by_seller` ON `trades` (`seller`,`seq`);
--> statement-breakpoint
CREATE INDEX `trades_by_recipient` ON `trades` (`recipient`,`seq`);
