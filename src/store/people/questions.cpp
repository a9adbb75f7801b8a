#include "store/people/questions.hpp"

#include "base/limits.hpp"
#include "store/engine/answers.hpp"
#include "store/engine/nouns_sql.hpp"
#include "store/engine/paging.hpp"
#include "store/engine/scope_sql.hpp"
#include "store/engine/search_key.hpp"
#include "store/people/uploads.hpp"

namespace hearback::store {

AnswerTo<Companies> answer(Reading& reading, const Companies& question) {
  std::vector<CompanyId> companies;
  for (auto& row : reading.db.rows("select company from companies where company > $1"
                                   " order by company limit $2",
                                   question.after, question.rows))
    companies.push_back(row.id<CompanyId>());
  return companies;
}

AnswerTo<CompanyFacts> answer(Reading& reading, const CompanyFacts& question) {
  auto row = reading.db.row(
      "select name, revision, match_revision, feed_start from companies where company = $1",
      question.scope.company);
  if (!row) refuse(Kind::missing, "store.no-such-company", "There is no such company.");
  CompanyFacts::Answer facts;
  facts.name = row->text();
  facts.revision = static_cast<std::uint64_t>(row->number());
  facts.match_revision = static_cast<std::uint64_t>(row->number());
  facts.feed_start = static_cast<std::uint64_t>(row->number());
  return facts;
}

// Names are searched here: nothing is stored that they could be looked for by.
AnswerTo<Users> answer(Reading& reading, const Users& question) {
  const auto shown = rows_of(question.page);
  const auto cursor = cursor_of(question.page);
  const auto part = search_key(question.text);
  const std::size_t at_once = part.empty() ? shown + 1 : 500;
  UserId after = cursor ? UserId{cursor->id} : UserId{};
  std::vector<rules::User> users;
  for (bool more = true; more && users.size() <= shown;) {
    auto rows = reading.db.rows("select " + std::string(kUserColumns) +
                                    " from users u where u.company = $1 and u.id > $2"
                                    " and u.active >= $3 order by u.id limit $4",
                                question.scope.company, after, question.active, at_once);
    more = rows.size() >= at_once;
    for (auto& row : rows) {
      auto user = read_user(row);
      after = user.id;
      const bool fits =
          search_key(user.name).contains(part) || search_key(user.email).contains(part);
      if (fits && users.size() <= shown) users.push_back(std::move(user));
    }
  }
  return page_of(std::move(users), shown,
                 [](const auto& user) { return Cursor{{}, user.id.bytes}; });
}

AnswerTo<UsersAmong> answer(Reading& reading, const UsersAmong& question) {
  std::vector<rules::User> users;
  in_chunks({value_of(question.scope.company)}, values_of(question.users),
            [&](InList list, Params params) {
              for (auto& row : reading.db
                                   .run("select " + std::string(kUserColumns) +
                                            " from users u where u.company = $1 and u.id in " +
                                            list + " order by u.id",
                                        params)
                                   .rows)
                users.push_back(read_user(row));
            });
  return users;
}

AnswerTo<UserWith> answer(Reading& reading, const UserWith& question) {
  auto row = reading.db.row("select " + std::string(kUserColumns) +
                                " from users u where u.company = $1 and u.email_normal = $2",
                            question.scope.company, question.email_normal);
  if (!row) return std::nullopt;
  return read_user(*row);
}

AnswerTo<UserById> answer(Reading& reading, const UserById& question) {
  auto row = reading.db.row(
      "select " + std::string(kUserColumns) + " from users u where u.company = $1 and u.id = $2",
      question.scope.company, question.user);
  if (!row) return std::nullopt;
  return read_user(*row);
}

AnswerTo<Invited> answer(Reading& reading, const Invited& question) {
  std::vector<Invited::Row> invited;
  if (question.scope.kind != rules::Scope::Kind::engine && !question.scope.admin) return invited;
  in_chunks(
      {value_of(question.scope.company)}, values_of(question.of), [&](InList list, Params params) {
        for (auto& row : reading.db
                             .run("select to_user, max(at) from invitations where company = $1"
                                  " and to_user in " +
                                      list + " group by to_user order by to_user",
                                  params)
                             .rows) {
          auto& one = invited.emplace_back();
          one.to = row.id<UserId>();
          one.at = row.instant();
        }
      });
  return invited;
}

AnswerTo<Invitations> answer(Reading& reading, const Invitations& question) {
  std::vector<Invitations::Row> invitations;
  for (auto& row :
       reading.db.rows("select i.id, i.from_user, i.to_user, i.at from invitations i"
                       " where i.company = $1 and i.to_user = $2 and not exists"
                       "  (select 1 from mailboxes b where b.company = $1 and b.owner = $2"
                       "   and b.removed = 0 and b.connected >= i.at)"
                       " order by i.at desc, i.id desc limit $3",
                       question.scope.company, question.scope.user, Limits{}.invitations_shown)) {
    auto& invitation = invitations.emplace_back();
    invitation.id = row.id<InvitationId>();
    invitation.from = row.id<UserId>();
    invitation.to = row.id<UserId>();
    invitation.at = row.instant();
  }
  return invitations;
}

AnswerTo<UploadById> answer(Reading& reading, const UploadById& question) {
  const bool engine = question.scope.kind == rules::Scope::Kind::engine;
  auto row = reading.db.row(
      "select filename, type, blob_id, octets from uploads"
      " where company = $1 and ($3 = 1 or user_id = $2) and id = $4",
      question.scope.company, question.scope.user, engine, question.upload);
  if (!row) return std::nullopt;
  UploadById::Found found;
  found.filename = row->text();
  found.type = row->text();
  found.blob = row->id<BlobId>();
  found.octets = static_cast<std::uint64_t>(row->number());
  return found;
}

AnswerTo<UploadsKept> answer(Reading& reading, const UploadsKept& question) {
  return uploads_kept(reading.db, question.scope.company, question.scope.user);
}

AnswerTo<IdempotentAnswer> answer(Reading& reading, const IdempotentAnswer& question) {
  auto row = reading.db.row(
      "select request_hash, status, body from idempotent_answers"
      " where company = $1 and user_id = $2 and key = $3",
      question.scope.company, question.scope.user, question.key);
  if (!row) return std::nullopt;
  IdempotentAnswer::Found found;
  found.request_hash = row->text();
  found.status = static_cast<int>(row->number());
  found.body = row->text();
  return found;
}

}  // namespace hearback::store
