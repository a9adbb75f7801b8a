#include "store/people/sessions.hpp"

#include "base/limits.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/nouns_sql.hpp"

namespace hearback::store {

// ---- questions ----

AnswerTo<SignIn> answer(Reading& reading, const SignIn& question) {
  std::vector<SignIn::Found> found;
  for (auto& row : reading.db.rows(
           "select u.company, u.password_hash, " + std::string(kUserColumns) +
               " from users u where u.email_normal = $1 and u.active = 1 order by u.company",
           question.email_normal)) {
    auto& one = found.emplace_back();
    one.company = row.id<CompanyId>();
    one.password_hash = row.text();
    one.user = read_user(row);
  }
  return found;
}

AnswerTo<PasswordOf> answer(Reading& reading, const PasswordOf& question) {
  auto row = reading.db.row(
      "select password_hash from users where company = $1 and id = $2 and active = 1",
      question.scope.company, question.scope.user);
  if (!row) return std::nullopt;
  return row->text();
}

AnswerTo<SessionOf> answer(Reading& reading, const SessionOf& question) {
  auto row = reading.db.row(
      "select s.id, s.expires, s.last_used, " + std::string(kUserColumns) +
          " from sessions s join users u on u.company = s.company and u.id = s.user_id"
          " where s.company = $1 and s.secret_hash = $2 and s.expires > $3"
          " and (s.last_used is null or s.last_used > $4) and u.active = 1",
      question.company, question.secret_hash, question.now, question.now - question.idle);
  if (!row) return std::nullopt;
  SessionOf::Found found;
  found.id = row->id<SessionId>();
  found.expires = row->instant();
  found.last_used = row->maybe_instant();
  found.user = read_user(*row);
  return found;
}

AnswerTo<Sessions> answer(Reading& reading, const Sessions& question) {
  std::vector<Sessions::Row> sessions;
  for (auto& row : reading.db.rows("select id, device, created, expires, last_used from sessions"
                                   " where company = $1 and user_id = $2 and expires > $3"
                                   " and (last_used is null or last_used > $4)"
                                   " order by coalesce(last_used, created) desc, id desc limit $5",
                                   question.scope.company, question.scope.user, question.now,
                                   question.now - question.idle, Limits{}.sessions_of_user)) {
    auto& session = sessions.emplace_back();
    session.id = row.id<SessionId>();
    session.device = row.text();
    session.created = row.instant();
    session.expires = row.instant();
    session.last_used = row.maybe_instant();
  }
  return sessions;
}

AnswerTo<TokenOf> answer(Reading& reading, const TokenOf& question) {
  auto row =
      reading.db.row("select t.id, t.may_write, t.last_used, " + std::string(kUserColumns) +
                         " from tokens t join users u on u.company = t.company and u.id = t.user_id"
                         " where t.company = $1 and t.secret_hash = $2 and u.active = 1"
                         " and (t.expires is null or t.expires > $3)",
                     question.company, question.secret_hash, question.now);
  if (!row) return std::nullopt;
  TokenOf::Found found;
  found.id = row->id<TokenId>();
  found.may_write = row->flag();
  found.last_used = row->maybe_instant();
  found.user = read_user(*row);
  return found;
}

AnswerTo<TokensOf> answer(Reading& reading, const TokensOf& question) {
  std::vector<TokensOf::Row> tokens;
  for (auto& row :
       reading.db.rows("select id, name, created, last_used, expires, may_write from tokens"
                       " where company = $1 and user_id = $2 order by created, id"
                       " limit $3",
                       question.scope.company, question.scope.user, 10 * Limits{}.tokens_of_user)) {
    auto& token = tokens.emplace_back();
    token.id = row.id<TokenId>();
    token.name = row.text();
    token.created = row.instant();
    token.last_used = row.maybe_instant();
    token.expires = row.maybe_instant();
    token.may_write = row.flag();
  }
  return tokens;
}

// ---- changes ----

namespace {

// Of an earlier version there may be more. The one just begun is the newest, whatever the clock
// said of the others.
void end_oldest_sessions(Writing& writing, UserId user, SessionId newest) {
  for (auto& row : writing.db.rows(
           "delete from sessions where company = $1 and id in (select s.id from sessions s"
           " where s.company = $1 and s.user_id = $2 and s.id <> $4"
           " order by s.created desc, s.id desc limit 1000 offset $3) returning id",
           writing.company, user, Limits{}.sessions_of_user - 1, newest))
    writing.tell("session", row.id<SessionId>().text(), {}, user);
}

}  // namespace

void end_sessions(Writing& writing, UserId user, std::optional<SessionId> but) {
  for (auto& row : writing.db.rows(
           "delete from sessions where company = $1 and user_id = $2 and id <> $3 returning id",
           writing.company, user, but.value_or(SessionId{})))
    writing.tell("session", row.id<SessionId>().text(), {}, user);
}

void end_tokens(Writing& writing, UserId user) {
  if (writing.db.change("delete from tokens where company = $1 and user_id = $2", writing.company,
                        user) > 0)
    writing.tell("user", user.text(), {}, user);
}

void expect(Writing& writing, const AskerIs& expected) {
  const auto is_there = [&](const char* table, const auto& id) {
    return writing.db
        .row("select 1 from " + std::string(table) + " where company = $1 and id = $2",
             writing.company, id)
        .has_value();
  };
  const bool same =
      writing.db
          .row(
              "select 1 from users where company = $1 and id = $2 and active = 1 and role = $3"
              " and all_jobs = $4",
              writing.company, expected.user, expected.role, expected.all_jobs)
          .has_value() &&
      (!expected.session || is_there("sessions", *expected.session)) &&
      (!expected.token || is_there("tokens", *expected.token));
  if (!same)
    refuse(Kind::denied, "asker.changed", "What you may do here was changed just now.",
           "Reload the page; nothing was changed by this.");
}

void apply(Writing& writing, const AddSession& change) {
  auto user = writing.db.row(
      "select password_hash from users where company = $1 and id = $2 and active = 1",
      writing.company, change.user);
  if (!user || (change.password_hash && user->text() != *change.password_hash))
    refuse(Kind::conflict, "session.late", "The password was changed just now.",
           "Sign in with the new one.");
  writing.db.change(
      "insert into sessions(company, id, user_id, secret_hash, created, expires, device, last_used)"
      " values ($1, $2, $3, $4, $5, $6, $7, $5)",
      writing.company, change.id, change.user, change.secret_hash, change.at, change.expires,
      change.device);
  writing.db.change("delete from sessions where company = $1 and user_id = $2 and expires <= $3",
                    writing.company, change.user, change.at);
  end_oldest_sessions(writing, change.user, change.id);
}

// Nobody is told: it would wake every stream of the company for nothing.
void apply(Writing& writing, const UseSession& change) {
  writing.db.change("update sessions set last_used = $3 where company = $1 and id = $2",
                    writing.company, change.id, change.at);
}

void apply(Writing& writing, const EndSession& change) {
  if (writing.db.change("delete from sessions where company = $1 and id = $2 and user_id = $3",
                        writing.company, change.id, change.user) == 0)
    refuse(Kind::missing, "session.missing", "There is no such session.");
  writing.tell("session", change.id.text(), {}, change.user);
}

void apply(Writing& writing, const EndOtherSessions& change) {
  end_sessions(writing, change.user, change.kept);
}

void apply(Writing& writing, const ChangePassword& change) {
  if (writing.db.change("update users set password_hash = $4 where company = $1 and id = $2"
                        " and password_hash = $3 and active = 1",
                        writing.company, change.user, change.before, change.password_hash) == 0)
    refuse(Kind::conflict, "password.moved", "Your password was changed meanwhile.",
           "Sign in with the new one.");
  writing.db.change("delete from user_links where company = $1 and user_id = $2", writing.company,
                    change.user);
  end_sessions(writing, change.user, change.kept);
  if (change.end_tokens) end_tokens(writing, change.user);
  writing.happened({.at = change.at,
                    .kind = "user.password-set",
                    .subject = change.user.text(),
                    .candidate = {},
                    .user = change.user,
                    .how = "person",
                    .before = {},
                    .after = {}});
  writing.tell("user", change.user.text());
}

void apply(Writing& writing, const AddToken& change) {
  refuse_one_more(writing, "tokens where company = $1 and user_id = $2", change.user,
                  Limits{}.tokens_of_user,
                  {Kind::conflict, "tokens.too-many", "You have too many tokens.",
                   "Remove one that is no longer used."});
  writing.db.change(
      "insert into tokens(company, id, user_id, name, secret_hash, created, expires, may_write)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8)",
      writing.company, change.id, change.user, change.name, change.secret_hash, change.at,
      change.expires, change.may_write);
  writing.tell("user", change.user.text(), {}, change.user);
}

void apply(Writing& writing, const UseToken& change) {
  writing.db.change("update tokens set last_used = $3 where company = $1 and id = $2",
                    writing.company, change.id, change.at);
}

void apply(Writing& writing, const RemoveToken& change) {
  if (writing.db.change("delete from tokens where company = $1 and id = $2 and user_id = $3",
                        writing.company, change.id, change.user) == 0)
    refuse(Kind::missing, "token.missing", "There is no such token.");
  writing.tell("user", change.user.text(), {}, change.user);
}

}  // namespace hearback::store
