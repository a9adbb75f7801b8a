import assert from 'node:assert/strict';
import { test } from 'node:test';
import { doorBreaches } from './doors.mjs';

const header = `struct Threads {
  Scope scope;
  using Answer = int;
};
struct Helper {
  int scope;
};
`;
const source = (asks) => `namespace {
std::string where_of(const Scope& scope) {
  return ${asks};
}
}
AnswerTo<Threads> answer(Reading& reading, const Threads& question) {
  return rows(where_of(question.scope));
}
std::string may_see_thread(const Scope& scope) {
  return may_see_candidate(scope);
}
`;
const table = (row) => `| Question | asks | |\n|---|---|---|\n${row}\n`;
const breaches = (asks, row) => doorBreaches([header], [source(asks)], table(row));

test('a door that asks what the list says is no breach, through functions that it calls too', () =>
  assert.deepEqual(breaches('may_see_thread(scope)', '| `Threads` | `may_see_thread` | |'), []));
test('a door that asks nothing, or something else, is one', () => {
  assert.equal(breaches('"1 = 1"', '| `Threads` | `may_see_thread` | |').length, 1);
  assert.equal(breaches('may_see_thread(scope)', '| `Threads` | `may_see_candidate` | |').length, 1);
});
test('a door that is not listed, and a line without a door, are breaches', () => {
  assert.equal(breaches('may_see_thread(scope)', '').length, 1);
  assert.equal(breaches('may_see_thread(scope)', '| `Threads` | `may_see_thread` | |\n| `Gone` | own | |').length, 1);
});
