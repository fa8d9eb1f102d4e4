#pragma once
#include <sqlite3.h>

// What Swift cannot call by itself: variadic functions, and macros that cast integers to pointers.

// Switches on SQLITE_DBCONFIG_DEFENSIVE; `active` receives what the connection then says.
static inline int csqlite_set_defensive(sqlite3 *db, int *active) {
    return sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, active);
}

// Stops counting the memory in use, which every allocation of every connection does under one lock.
// Before the first connection; SQLITE_MISUSE afterwards.
static inline int csqlite_stop_counting_memory(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

// SQLite copies the bytes before these return.
static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, int count) {
    return sqlite3_bind_text(statement, index, text, count, SQLITE_TRANSIENT);
}
static inline int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}
