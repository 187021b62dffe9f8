CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TABLE people (
	id VARCHAR(32) NOT NULL,
	created_at BIGINT NOT NULL,
	calendar_hash VARCHAR(64), leaving_at BIGINT, facts_version BIGINT DEFAULT '0' NOT NULL,
	CONSTRAINT pk_people PRIMARY KEY (id),
	CONSTRAINT uq_people_calendar_hash UNIQUE (calendar_hash)
);

CREATE TABLE accounts (
	id VARCHAR(32) NOT NULL,
	person_id VARCHAR(32) NOT NULL,
	provider VARCHAR(16) NOT NULL,
	subject VARCHAR(200) NOT NULL,
	address VARCHAR(320) NOT NULL,
	state VARCHAR(32) NOT NULL,
	state_reason TEXT NOT NULL,
	next_action TEXT NOT NULL,
	state_since BIGINT NOT NULL,
	linked_at BIGINT NOT NULL,
	secret BLOB NOT NULL,
	secret_version INTEGER NOT NULL,
	scopes TEXT NOT NULL,
	cursor BLOB,
	progress_done INTEGER,
	progress_total INTEGER,
	newest_message_at BIGINT,
	covered_since BIGINT,
	as_of BIGINT,
	deep_at BIGINT, granted_at BIGINT, expires_at BIGINT, renewing_until BIGINT,
	CONSTRAINT pk_accounts PRIMARY KEY (id),
	CONSTRAINT fk_accounts_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE,
	CONSTRAINT uq_accounts_person_id_provider_subject UNIQUE (person_id, provider, subject)
);

CREATE TABLE audit (
	id INTEGER NOT NULL,
	person_id VARCHAR(32) NOT NULL,
	at BIGINT NOT NULL,
	what VARCHAR(40) NOT NULL,
	about VARCHAR(64) NOT NULL,
	CONSTRAINT pk_audit PRIMARY KEY (id),
	CONSTRAINT fk_audit_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);

CREATE INDEX ix_audit_person ON audit (person_id, id);

CREATE TABLE device_codes (
	device_code_hash VARCHAR(64) NOT NULL,
	user_code VARCHAR(16) NOT NULL,
	name VARCHAR(100) NOT NULL,
	person_id VARCHAR(32),
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	decided VARCHAR(10),
	polled_at BIGINT,
	slower INTEGER NOT NULL,
	CONSTRAINT pk_device_codes PRIMARY KEY (device_code_hash),
	CONSTRAINT fk_device_codes_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE,
	CONSTRAINT uq_device_codes_user_code UNIQUE (user_code)
);

CREATE TABLE devices (
	id VARCHAR(32) NOT NULL,
	person_id VARCHAR(32) NOT NULL,
	name VARCHAR(100) NOT NULL,
	token_hash VARCHAR(64) NOT NULL,
	created_at BIGINT NOT NULL,
	last_used_at BIGINT,
	expires_at BIGINT NOT NULL, scopes VARCHAR(200),
	CONSTRAINT pk_devices PRIMARY KEY (id),
	CONSTRAINT fk_devices_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE,
	CONSTRAINT uq_devices_token_hash UNIQUE (token_hash)
);

CREATE INDEX ix_devices_person ON devices (person_id);

CREATE TABLE link_flows (
	state_hash VARCHAR(64) NOT NULL,
	person_id VARCHAR(32) NOT NULL,
	provider VARCHAR(16) NOT NULL,
	flow BLOB NOT NULL,
	account_id VARCHAR(32),
	expires_at BIGINT NOT NULL,
	CONSTRAINT pk_link_flows PRIMARY KEY (state_hash),
	CONSTRAINT fk_link_flows_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE recipients (
	id VARCHAR(32) NOT NULL,
	person_id VARCHAR(32) NOT NULL,
	name BLOB,
	stage VARCHAR(16),
	muted_at BIGINT,
	merged_into VARCHAR(32),
	created_at BIGINT NOT NULL,
	CONSTRAINT pk_recipients PRIMARY KEY (id),
	CONSTRAINT fk_recipients_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);

CREATE INDEX ix_recipients_merged ON recipients (person_id, merged_into) WHERE merged_into IS NOT NULL;

CREATE INDEX ix_recipients_person ON recipients (person_id, id);

CREATE TABLE rule_switches (
	person_id VARCHAR(32) NOT NULL,
	rule VARCHAR(40) NOT NULL,
	CONSTRAINT pk_rule_switches PRIMARY KEY (person_id, rule),
	CONSTRAINT fk_rule_switches_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE sessions (
	token_hash VARCHAR(64) NOT NULL,
	person_id VARCHAR(32) NOT NULL,
	created_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	CONSTRAINT pk_sessions PRIMARY KEY (token_hash),
	CONSTRAINT fk_sessions_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE sign_in_links (
	token_hash VARCHAR(64) NOT NULL,
	person_id VARCHAR(32) NOT NULL,
	expires_at BIGINT NOT NULL,
	used_at BIGINT,
	CONSTRAINT pk_sign_in_links PRIMARY KEY (token_hash),
	CONSTRAINT fk_sign_in_links_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);

CREATE TABLE account_addresses (
	account_id VARCHAR(32) NOT NULL,
	address VARCHAR(320) NOT NULL,
	person_id VARCHAR(32) NOT NULL,
	first_seen BIGINT NOT NULL,
	CONSTRAINT pk_account_addresses PRIMARY KEY (account_id, address),
	CONSTRAINT fk_account_addresses_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE,
	CONSTRAINT fk_account_addresses_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);

CREATE INDEX ix_account_addresses_person ON account_addresses (person_id, address);

CREATE TABLE corrections (
	id VARCHAR(32) NOT NULL,
	person_id VARCHAR(32) NOT NULL,
	recipient_id VARCHAR(32) NOT NULL,
	kind VARCHAR(24) NOT NULL,
	subject_key VARCHAR(64) NOT NULL,
	at BIGINT NOT NULL,
	undone_at BIGINT,
	CONSTRAINT pk_corrections PRIMARY KEY (id),
	CONSTRAINT fk_corrections_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE,
	CONSTRAINT fk_corrections_recipient_id_recipients FOREIGN KEY(recipient_id) REFERENCES recipients (id) ON DELETE CASCADE
);

CREATE INDEX ix_corrections_person ON corrections (person_id, at);

CREATE INDEX ix_corrections_recipient_id ON corrections (recipient_id);

CREATE TABLE dead_letters (
	account_id VARCHAR(32) NOT NULL,
	provider_message_id VARCHAR(512) NOT NULL,
	attempts INTEGER NOT NULL,
	error TEXT NOT NULL,
	reader_version INTEGER NOT NULL,
	first_at BIGINT NOT NULL,
	last_at BIGINT NOT NULL,
	CONSTRAINT pk_dead_letters PRIMARY KEY (account_id, provider_message_id),
	CONSTRAINT fk_dead_letters_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
);

CREATE TABLE logged_touches (
	id VARCHAR(32) NOT NULL,
	person_id VARCHAR(32) NOT NULL,
	recipient_id VARCHAR(32) NOT NULL,
	channel VARCHAR(10) NOT NULL,
	outcome VARCHAR(16) NOT NULL,
	at BIGINT NOT NULL,
	mood VARCHAR(8),
	note_promise BLOB,
	promise_start VARCHAR(10),
	promise_end VARCHAR(10),
	promise_invites BOOLEAN NOT NULL,
	idempotency_key VARCHAR(200),
	created_at BIGINT NOT NULL,
	deleted_at BIGINT,
	CONSTRAINT pk_logged_touches PRIMARY KEY (id),
	CONSTRAINT fk_logged_touches_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE,
	CONSTRAINT fk_logged_touches_recipient_id_recipients FOREIGN KEY(recipient_id) REFERENCES recipients (id) ON DELETE CASCADE,
	CONSTRAINT uq_logged_touches_person_id_idempotency_key UNIQUE (person_id, idempotency_key)
);

CREATE INDEX ix_logged_touches_recipient_id ON logged_touches (recipient_id);

CREATE TABLE recipient_addresses (
	person_id VARCHAR(32) NOT NULL,
	address VARCHAR(320) NOT NULL,
	recipient_id VARCHAR(32) NOT NULL,
	name_hash VARCHAR(16),
	CONSTRAINT pk_recipient_addresses PRIMARY KEY (person_id, address),
	CONSTRAINT fk_recipient_addresses_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE,
	CONSTRAINT fk_recipient_addresses_recipient_id_recipients FOREIGN KEY(recipient_id) REFERENCES recipients (id) ON DELETE CASCADE
);

CREATE INDEX ix_recipient_addresses_recipient_id ON recipient_addresses (recipient_id);

CREATE TABLE sync_jobs (
	account_id VARCHAR(32) NOT NULL,
	want INTEGER NOT NULL,
	want_deep INTEGER NOT NULL,
	done INTEGER NOT NULL,
	done_deep INTEGER NOT NULL,
	due_at BIGINT NOT NULL,
	lease_until BIGINT,
	fence INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	not_before BIGINT,
	deep_due_at BIGINT, watched_since BIGINT, watched_until BIGINT, watch_due_at BIGINT, pushed_at BIGINT, in_hand VARCHAR(512),
	CONSTRAINT pk_sync_jobs PRIMARY KEY (account_id),
	CONSTRAINT fk_sync_jobs_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
);

CREATE INDEX ix_sync_jobs_due ON sync_jobs (due_at);

CREATE TABLE provider_budgets (
	provider VARCHAR(16) NOT NULL,
	period BIGINT NOT NULL,
	units BIGINT NOT NULL,
	CONSTRAINT pk_provider_budgets PRIMARY KEY (provider)
);

CREATE TABLE attempts (
	name VARCHAR(40) NOT NULL,
	began_at BIGINT NOT NULL,
	count BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	CONSTRAINT pk_attempts PRIMARY KEY (name)
);

CREATE TABLE places (
	name VARCHAR(48) NOT NULL,
	holder VARCHAR(16) NOT NULL,
	expires_at BIGINT NOT NULL,
	wanted BOOLEAN NOT NULL,
	CONSTRAINT pk_places PRIMARY KEY (name)
);

CREATE TABLE mailboxes (
	id INTEGER NOT NULL,
	account_id VARCHAR(32) NOT NULL,
	person_id VARCHAR(32) NOT NULL,
	CONSTRAINT pk_mailboxes PRIMARY KEY (id),
	CONSTRAINT uq_mailboxes_account_id UNIQUE (account_id),
	CONSTRAINT fk_mailboxes_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE,
	CONSTRAINT fk_mailboxes_person_id_people FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
);

CREATE INDEX ix_mailboxes_person ON mailboxes (person_id);

CREATE TABLE circles (
	id INTEGER NOT NULL,
	mailbox INTEGER NOT NULL,
	digest BIGINT NOT NULL,
	CONSTRAINT pk_circles PRIMARY KEY (id),
	CONSTRAINT uq_circles_mailbox_digest UNIQUE (mailbox, digest),
	CONSTRAINT fk_circles_mailbox_mailboxes FOREIGN KEY(mailbox) REFERENCES mailboxes (id) ON DELETE CASCADE
);

CREATE TABLE correspondents (
	id INTEGER NOT NULL,
	mailbox INTEGER NOT NULL,
	address VARCHAR(320) NOT NULL,
	company VARCHAR(320),
	CONSTRAINT pk_correspondents PRIMARY KEY (id),
	CONSTRAINT uq_correspondents_mailbox_address UNIQUE (mailbox, address),
	CONSTRAINT fk_correspondents_mailbox_mailboxes FOREIGN KEY(mailbox) REFERENCES mailboxes (id) ON DELETE CASCADE
);

CREATE INDEX ix_correspondents_company ON correspondents (mailbox, company) WHERE company IS NOT NULL;

CREATE TABLE links (
	id INTEGER NOT NULL,
	mailbox INTEGER NOT NULL,
	link TEXT NOT NULL,
	CONSTRAINT pk_links PRIMARY KEY (id),
	CONSTRAINT uq_links_mailbox_link UNIQUE (mailbox, link),
	CONSTRAINT fk_links_mailbox_mailboxes FOREIGN KEY(mailbox) REFERENCES mailboxes (id) ON DELETE CASCADE
);

CREATE TABLE mail (
	id INTEGER NOT NULL,
	mailbox INTEGER NOT NULL,
	provider_id BIGINT NOT NULL,
	thread BIGINT,
	"key" BIGINT NOT NULL,
	names TEXT,
	at BIGINT NOT NULL,
	outbound BOOLEAN NOT NULL,
	for_company BOOLEAN NOT NULL,
	present BOOLEAN NOT NULL,
	sender INTEGER NOT NULL,
	circle INTEGER,
	failed INTEGER,
	link INTEGER,
	folder SMALLINT NOT NULL,
	reader_version SMALLINT NOT NULL,
	reading BLOB NOT NULL,
	sender_name BLOB,
	subject BLOB,
	quote BLOB,
	CONSTRAINT pk_mail PRIMARY KEY (id),
	CONSTRAINT uq_mail_mailbox_provider_id UNIQUE (mailbox, provider_id),
	CONSTRAINT fk_mail_mailbox_mailboxes FOREIGN KEY(mailbox) REFERENCES mailboxes (id) ON DELETE CASCADE
);

CREATE INDEX ix_mail_sender ON mail (sender);

CREATE INDEX ix_mail_circle ON mail (circle) WHERE circle IS NOT NULL;

CREATE INDEX ix_mail_thread ON mail (thread) WHERE thread IS NOT NULL;

CREATE INDEX ix_mail_failed ON mail (failed) WHERE failed IS NOT NULL;

CREATE TABLE circle_people (
	circle INTEGER NOT NULL,
	role VARCHAR(4) NOT NULL,
	correspondent INTEGER NOT NULL,
	mailbox INTEGER NOT NULL,
	CONSTRAINT pk_circle_people PRIMARY KEY (circle, role, correspondent),
	CONSTRAINT fk_circle_people_circle_circles FOREIGN KEY(circle) REFERENCES circles (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;

CREATE INDEX ix_circle_people_correspondent ON circle_people (correspondent, circle, role);

CREATE TABLE mail_references (
	message_id INTEGER NOT NULL,
	"key" BIGINT NOT NULL,
	mailbox INTEGER NOT NULL,
	name VARCHAR(32),
	CONSTRAINT pk_mail_references PRIMARY KEY (message_id, "key"),
	CONSTRAINT fk_mail_references_message_id_mail FOREIGN KEY(message_id) REFERENCES mail (id) ON DELETE CASCADE
)
 WITHOUT ROWID

;

CREATE INDEX ix_mail_references_key ON mail_references ("key");

CREATE TABLE senders (
	id INTEGER NOT NULL,
	mailbox INTEGER NOT NULL,
	correspondent INTEGER NOT NULL,
	name BLOB,
	name_print VARCHAR(16) NOT NULL,
	name_hash VARCHAR(16),
	CONSTRAINT pk_senders PRIMARY KEY (id),
	CONSTRAINT uq_senders_correspondent_name_print UNIQUE (correspondent, name_print),
	CONSTRAINT fk_senders_correspondent_correspondents FOREIGN KEY(correspondent) REFERENCES correspondents (id) ON DELETE CASCADE
);

CREATE INDEX ix_senders_name ON senders (mailbox, name_hash) WHERE name_hash IS NOT NULL;

CREATE VIEW messages AS SELECT m.id, b.person_id, b.account_id, coalesce(json_extract(m.names, '$.id'), printf('%016x', m.provider_id)) AS provider_message_id, CASE WHEN m.thread IS NULL THEN coalesce(json_extract(m.names, '$.id'), printf('%016x', m.provider_id)) WHEN m.thread = 0 THEN '' ELSE coalesce(json_extract(m.names, '$.thread'), printf('%016x', m.thread)) END AS provider_thread_id, coalesce(json_extract(m.names, '$.key'), printf('%016x', m.key)) AS message_key, m.at, m.outbound, c.address AS sender, m.sender_name, s.name AS sender_known_as, s.name_print, s.name_hash, m.subject, m.quote, m.reading, m.reader_version, m.folder, m.present, coalesce(json_extract(m.names, '$.link'), replace(l.link, '{}', CASE WHEN m.thread IS NULL THEN coalesce(json_extract(m.names, '$.id'), printf('%016x', m.provider_id)) WHEN m.thread = 0 THEN '' ELSE coalesce(json_extract(m.names, '$.thread'), printf('%016x', m.thread)) END), '') AS link FROM mail m JOIN mailboxes b ON b.id = m.mailbox JOIN senders s ON s.id = m.sender JOIN correspondents c ON c.id = s.correspondent LEFT JOIN links l ON l.id = m.link;

CREATE VIEW message_people AS SELECT m.id AS message_id, p.role, c.address, b.person_id, m.at FROM mail m JOIN mailboxes b ON b.id = m.mailbox JOIN circle_people p ON p.circle = m.circle JOIN correspondents c ON c.id = p.correspondent UNION ALL SELECT m.id, 'from', c.address, b.person_id, m.at FROM mail m JOIN mailboxes b ON b.id = m.mailbox JOIN senders s ON s.id = m.sender JOIN correspondents c ON c.id = s.correspondent WHERE NOT m.outbound UNION ALL SELECT m.id, 'org', c.company, b.person_id, m.at FROM mail m JOIN mailboxes b ON b.id = m.mailbox JOIN senders s ON s.id = m.sender JOIN correspondents c ON c.id = s.correspondent WHERE m.for_company AND c.company IS NOT NULL UNION ALL SELECT m.id, 'fail', c.address, b.person_id, m.at FROM mail m JOIN mailboxes b ON b.id = m.mailbox JOIN correspondents c ON c.id = m.failed;

CREATE VIEW message_references AS SELECT r.message_id, coalesce(r.name, printf('%016x', r.key)) AS message_key, b.person_id FROM mail_references r JOIN mailboxes b ON b.id = r.mailbox;

CREATE TRIGGER account_addresses_insert_is_told AFTER INSERT ON account_addresses BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = NEW.person_id;
END;

CREATE TRIGGER account_addresses_update_is_told AFTER UPDATE ON account_addresses BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = NEW.person_id;
END;

CREATE TRIGGER account_addresses_delete_is_told AFTER DELETE ON account_addresses BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = OLD.person_id;
END;

CREATE TRIGGER corrections_insert_is_told AFTER INSERT ON corrections BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = NEW.person_id;
END;

CREATE TRIGGER corrections_update_is_told AFTER UPDATE ON corrections BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = NEW.person_id;
END;

CREATE TRIGGER corrections_delete_is_told AFTER DELETE ON corrections BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = OLD.person_id;
END;

CREATE TRIGGER logged_touches_insert_is_told AFTER INSERT ON logged_touches BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = NEW.person_id;
END;

CREATE TRIGGER logged_touches_update_is_told AFTER UPDATE ON logged_touches BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = NEW.person_id;
END;

CREATE TRIGGER logged_touches_delete_is_told AFTER DELETE ON logged_touches BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = OLD.person_id;
END;

CREATE TRIGGER recipient_addresses_insert_is_told AFTER INSERT ON recipient_addresses BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = NEW.person_id;
END;

CREATE TRIGGER recipient_addresses_update_is_told AFTER UPDATE ON recipient_addresses BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = NEW.person_id;
END;

CREATE TRIGGER recipient_addresses_delete_is_told AFTER DELETE ON recipient_addresses BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = OLD.person_id;
END;

CREATE TRIGGER recipients_insert_is_told AFTER INSERT ON recipients BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = NEW.person_id;
END;

CREATE TRIGGER recipients_update_is_told AFTER UPDATE ON recipients BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = NEW.person_id;
END;

CREATE TRIGGER recipients_delete_is_told AFTER DELETE ON recipients BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = OLD.person_id;
END;

CREATE TRIGGER rule_switches_insert_is_told AFTER INSERT ON rule_switches BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = NEW.person_id;
END;

CREATE TRIGGER rule_switches_update_is_told AFTER UPDATE ON rule_switches BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = NEW.person_id;
END;

CREATE TRIGGER rule_switches_delete_is_told AFTER DELETE ON rule_switches BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = OLD.person_id;
END;

CREATE TRIGGER mail_update_is_told AFTER UPDATE ON mail BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = (SELECT person_id FROM mailboxes WHERE id = NEW.mailbox);
END;

CREATE TRIGGER mail_delete_is_told AFTER DELETE ON mail BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = (SELECT person_id FROM mailboxes WHERE id = OLD.mailbox);
END;

CREATE TRIGGER senders_update_is_told AFTER UPDATE ON senders BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = (SELECT person_id FROM mailboxes WHERE id = NEW.mailbox);
END;

CREATE TRIGGER senders_delete_is_told AFTER DELETE ON senders BEGIN
UPDATE people SET facts_version = facts_version + 1 WHERE id = (SELECT person_id FROM mailboxes WHERE id = OLD.mailbox);
END;
