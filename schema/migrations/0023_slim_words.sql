-- Of each word the letters that a mistake may leave are tokens of one index, under the number of the word, not rows with the word
-- in each of them. Words that are used most come first, which is the order in which a misspelt one is looked for.
CREATE TABLE `words_before` AS SELECT word, works, magnitude FROM `words` WHERE works > 0;
--> statement-breakpoint
DROP TABLE `words`;
--> statement-breakpoint
DROP TABLE `word_pieces`;
--> statement-breakpoint
CREATE TABLE `words` (
	`id` integer PRIMARY KEY NOT NULL,
	`word` text NOT NULL UNIQUE,
	`works` integer NOT NULL,
	`magnitude` integer NOT NULL,
	`pieced` integer NOT NULL
);
--> statement-breakpoint
INSERT INTO `words` (word, works, magnitude, pieced) SELECT word, works, magnitude, 0 FROM `words_before` ORDER BY works DESC, word;
--> statement-breakpoint
DROP TABLE `words_before`;
--> statement-breakpoint
CREATE INDEX `words_by_2` ON `words` (substr(`word`, 1, 2), `magnitude` DESC);
--> statement-breakpoint
CREATE INDEX `words_by_3` ON `words` (substr(`word`, 1, 3), `magnitude` DESC);
--> statement-breakpoint
CREATE INDEX `words_by_4` ON `words` (substr(`word`, 1, 4), `magnitude` DESC);
--> statement-breakpoint
CREATE INDEX `words_by_5` ON `words` (substr(`word`, 1, 5), `magnitude` DESC);
--> statement-breakpoint
CREATE INDEX `words_untended` ON `words` (`id`) WHERE (`works` > 0) <> `pieced`;
--> statement-breakpoint
-- Every letter beyond ASCII is part of a token, as it stands: pieces are not told apart or folded any further.
CREATE VIRTUAL TABLE `word_pieces` USING fts5(pieces, content='', contentless_delete=1, detail=none, tokenize='ascii');
--> statement-breakpoint
-- As in the migration before: rows that are little more than their key stand in the order of it, once.
ALTER TABLE `holders` RENAME TO `holders_before`;
--> statement-breakpoint
CREATE TABLE `holders` (
	`holder` text PRIMARY KEY NOT NULL,
	`works` integer NOT NULL,
	`editions` integer NOT NULL,
	`opened_copies` integer NOT NULL,
	`purchases` integer NOT NULL,
	`spent_atomic` text NOT NULL,
	`resales` integer NOT NULL,
	`sold_atomic` text NOT NULL,
	`first_seen_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
INSERT INTO `holders` (holder, works, editions, opened_copies, purchases, spent_atomic, resales, sold_atomic, first_seen_at)
  SELECT holder, works, editions, opened_copies, purchases, spent_atomic, resales, sold_atomic, first_seen_at FROM `holders_before` ORDER BY holder;
--> statement-breakpoint
DROP TABLE `holders_before`;
