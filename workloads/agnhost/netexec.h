/* The parts of netexec. */
#pragma once
#include "agnhost.h"

/** A field of the form in the body, or of the query; "" for none. Freed by the caller. */
char *form_value(const struct http_request *request, const char *name);
void answer_redirect(struct peer *peer, const struct http_request *request, int code, const char *location);

/* dial.c */
void dial(struct peer *peer, const struct http_request *request);
/* actions.c */
void run_shell(struct peer *peer, const struct http_request *request);
void exit_when_asked(struct peer *peer, const struct http_request *request);
void refuse_upload(struct peer *peer, const struct http_request *request);
