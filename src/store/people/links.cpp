#include "store/people/links.hpp"

#include "store/engine/answers.hpp"
#include "store/engine/applying.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/people/sessions.hpp"

namespace hearback::store {

AnswerTo<LinkOf> answer(Reading& reading, const LinkOf& question) {
  auto row = reading.db.row(
      "select c.name, coalesce(b.name, ''), case when u.password_hash = '' then 0 else 1 end,"
      " (select count(*) from tokens t where t.company = l.company and t.user_id = l.user_id),"
      " l.expires, " +
          std::string(kUserColumns) +
          " from user_links l join companies c on c.company = l.company"
          " join users u on u.company = l.company and u.id = l.user_id"
          " left join users b on b.company = l.company and b.id = l.made_by"
          " where l.company = $1 and l.secret_hash = $2 and l.expires > $3 and u.active = 1",
      question.company, question.secret_hash, question.now);
  if (!row) return std::nullopt;
  LinkOf::Found found;
  found.company_name = row->text();
  found.by_name = row->text();
  found.has_password = row->flag();
  found.has_tokens = row->flag();
  found.expires = row->instant();
  found.user = read_user(*row);
  return found;
}

AnswerTo<LinksTo> answer(Reading& reading, const LinksTo& question) {
  std::vector<LinksTo::Row> links;
  if (question.scope.kind != rules::Scope::Kind::engine && !question.scope.admin) return links;
  in_chunks(
      {value_of(question.scope.company)}, values_of(question.of), [&](InList list, Params params) {
        for (auto& row : reading.db
                             .run("select u.id, case when u.password_hash = '' then 0 else 1 end,"
                                  " l.expires from users u left join user_links l"
                                  " on l.company = u.company and l.user_id = u.id"
                                  " where u.company = $1 and u.id in " +
                                      list + " order by u.id",
                                  params)
                             .rows) {
          auto& one = links.emplace_back();
          one.to = row.id<UserId>();
          one.has_password = row.flag();
          one.expires = row.maybe_instant();
        }
      });
  return links;
}

void apply(Writing& writing, const PutLink& change) {
  if (!writing.db.row("select 1 from users where company = $1 and id = $2 and active = 1",
                      writing.company, change.user))
    refuse(Kind::missing, "user.missing", "There is no such user.");
  writing.db.change(
      "insert into user_links(company, user_id, secret_hash, made_by, made, expires)"
      " values ($1, $2, $3, $4, $5, $6)"
      " on conflict (company, user_id) do update set secret_hash = excluded.secret_hash,"
      " made_by = excluded.made_by, made = excluded.made, expires = excluded.expires",
      writing.company, change.user, change.secret_hash, change.by, change.at, change.expires);
  writing.happened({.at = change.at,
                    .kind = "user.link-made",
                    .subject = change.user.text(),
                    .candidate = {},
                    .user = change.by,
                    .how = change.by.empty() ? "operator" : "person",
                    .before = {},
                    .after = {}});
  writing.tell("user", change.user.text());
}

void apply(Writing& writing, const UseLink& change) {
  if (writing.db.change(
          "delete from user_links where company = $1 and user_id = $2 and secret_hash = $3"
          " and expires > $4 and exists (select 1 from users u where u.company = $1 and u.id = $2"
          " and u.active = 1)",
          writing.company, change.user, change.secret_hash, change.at) == 0)
    throw Refused{link_gone()};
  writing.db.change("update users set password_hash = $3 where company = $1 and id = $2",
                    writing.company, change.user, change.password_hash);
  end_sessions(writing, change.user);
  if (change.end_tokens) end_tokens(writing, change.user);
  writing.happened({.at = change.at,
                    .kind = "user.password-set",
                    .subject = change.user.text(),
                    .candidate = {},
                    .user = change.user,
                    .how = "link",
                    .before = {},
                    .after = {}});
  writing.tell("user", change.user.text());
}

Error link_gone() {
  return {Kind::missing, "link.gone", "This link can't be used any more.",
          "Each works once, and for seven days. Ask an admin for a new one."};
}

}  // namespace hearback::store
