DROP TABLE `listings`;--> statement-breakpoint
DROP TABLE `nonce_words`;--> statement-breakpoint
DROP TABLE `trades`;