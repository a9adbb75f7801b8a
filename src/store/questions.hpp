#pragma once
// Everything the program reads. Each question names its answer. A question that a person's eyes
// may see takes the reader's Scope, and answers only what that scope may see; `rules::engine_scope`
// is the engines' own.
#include "store/candidates/external_ids.hpp"
#include "store/candidates/lines_known.hpp"
#include "store/candidates/merging.hpp"
#include "store/candidates/non_candidates.hpp"
#include "store/candidates/questions.hpp"
#include "store/candidates/resting.hpp"
#include "store/errands/questions.hpp"
#include "store/feed/questions.hpp"
#include "store/journal/questions.hpp"
#include "store/mailboxes/questions.hpp"
#include "store/outbox/questions.hpp"
#include "store/people/links.hpp"
#include "store/people/questions.hpp"
#include "store/people/sessions.hpp"
#include "store/search/questions.hpp"
#include "store/threads/arrival.hpp"
#include "store/threads/copies.hpp"
#include "store/threads/questions.hpp"
#include "store/threads/versions.hpp"
#include "store/vault/questions.hpp"
