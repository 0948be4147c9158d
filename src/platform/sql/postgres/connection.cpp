#include <libpq-fe.h>

#include <algorithm>
#include <unordered_map>

#include "platform/sql/internal.h"
#include "platform/sql/postgres/errors.h"
#include "platform/sql/postgres/values.h"

namespace tilth::sql::internal {

namespace {

// Outcomes of this many writes at most wait in the pipeline; they are then collected, to bound memory at both ends.
constexpr std::size_t kPipelineMax = 2'048;

struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
};
using Server = std::unique_ptr<PGconn, Finish>;
using Answer = std::unique_ptr<PGresult, Clear>;

enum class Stage : unsigned char { Unknown, Queued, Ready };

// A statement as prepared for one set of parameter types. A NULL has no type; where a statement was first met with a
// NULL and later with a value, it is prepared once more.
struct Variant {
    std::string name;
    std::vector<Oid> types;
    Stage stage = Stage::Unknown;

    bool takes(std::span<const Param> params) const {
        for (std::size_t i = 0; i < params.size(); ++i) {
            const Oid wanted = oid_of(params[i]);
            if (wanted != kOidNone && wanted != types[i]) return false;
        }
        return true;
    }
};

struct Statement {
    std::string key;
    NumberedStatement numbered;
    std::vector<std::unique_ptr<Variant>> variants;
};

enum class Step : unsigned char { Prepare, Execute };
struct Pending {
    Step step = Step::Execute;
    Variant* variant = nullptr;
};

// What the last statement of a pipeline shall yield.
struct Wanted {
    const RowFn* row_fn = nullptr;
    std::int64_t changed = 0;
    std::string tag;
};

class PostgresConnection final : public Connection {
public:
    PostgresConnection(Server server, Access access) : server_(std::move(server)), access_(access) {}

    Engine engine() const override { return Engine::Postgres; }
    bool alive() const override { return !broken_; }

    Status write(std::string_view statement, std::span<const Param> params) override {
        TRY(ready());
        TRY(enqueue(statement, params, false));
        if (state_.in_transaction() && pending_.size() < kPipelineMax) return ok();
        return settle(nullptr);
    }
    Result<std::int64_t> change(std::string_view statement, std::span<const Param> params) override {
        TRY(ready());
        TRY(enqueue(statement, params, false));
        Wanted wanted;
        TRY(settle(&wanted));
        return wanted.changed;
    }
    Status query(std::string_view statement, std::span<const Param> params, const RowFn& row) override {
        TRY(ready());
        TRY(enqueue(statement, params, false));
        Wanted wanted;
        wanted.row_fn = &row;
        return settle(&wanted);
    }
    // The simple protocol takes several statements at once, but only outside pipeline mode.
    Status script(std::string_view statements) override {
        TRY(flush());
        if (PQexitPipelineMode(server_.get()) != 1) return lost();
        const Answer answer(PQexec(server_.get(), std::string(statements).c_str()));
        const ExecStatusType status = PQresultStatus(answer.get());
        const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
        const Status outcome = good ? ok() : Status(state_.fail(error_of(answer.get())));
        if (PQstatus(server_.get()) != CONNECTION_OK || PQenterPipelineMode(server_.get()) != 1) return lost();
        return outcome;
    }

    Status begin() override {
        TRY(ready());
        state_.begin();
        const bool writes = access_ == Access::Writer;
        return enqueue(writes ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", {}, true);
    }
    Status commit() override {
        INVARIANT(state_.in_transaction(), "commit() outside a transaction");
        TRY(ready());
        TRY(enqueue("COMMIT", {}, true));
        Wanted wanted;
        TRY(settle(&wanted));
        // COMMIT of a failed transaction rolls back and says so in its tag only.
        if (wanted.tag != "COMMIT") return state_.fail(Error(ErrorCode::Internal, "postgres has rolled back instead"));
        state_.end();
        return ok();
    }
    void rollback() noexcept override {
        if (!state_.in_transaction()) return;
        // A failed statement that was still under way makes the server skip the first ROLLBACK.
        for (int attempt = 0; attempt < 2 && !broken_ && unfinished(); ++attempt) {
            if (enqueue("ROLLBACK", {}, true)) (void)settle(nullptr);
        }
        if (!broken_ && unfinished()) broken_ = true;
        state_.end();
    }
    Status savepoint() override {
        TRY(ready());
        state_.begin_savepoint();
        return enqueue("SAVEPOINT unit", {}, true);
    }
    Status release() override {
        INVARIANT(state_.in_savepoint(), "release() outside a savepoint");
        TRY(ready());
        TRY(enqueue("RELEASE unit", {}, true));
        TRY(settle(nullptr));
        state_.end_savepoint();
        return ok();
    }
    Status rollback_to() override {
        INVARIANT(state_.in_savepoint(), "rollback_to() outside a savepoint");
        // What is under way may fail: that is being undone anyway.
        if (!pending_.empty()) (void)settle(nullptr);
        if (broken_) return lost();
        TRY(enqueue("ROLLBACK TO unit", {}, true));
        TRY(enqueue("RELEASE unit", {}, true));
        TRY(settle(nullptr));
        state_.end_savepoint();
        return ok();
    }
    Status flush() override {
        TRY(ready());
        return pending_.empty() ? ok() : settle(nullptr);
    }

private:
    Status ready() {
        TRY(state_.ready());
        if (broken_) return lost();
        return ok();
    }
    Error lost() {
        broken_ = true;
        pending_.clear();
        return state_.fail(Error(ErrorCode::StorageFailed, "postgres: the connection is lost"));
    }
    bool unfinished() const { return !pending_.empty() || PQtransactionStatus(server_.get()) != PQTRANS_IDLE; }

    static Error error_of(const PGresult* result) {
        const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        return postgres_error(state == nullptr ? "" : state, message == nullptr ? "" : message);
    }

    Statement& find(std::string_view text, bool ours) {
        const auto found = statements_.find(text);
        if (found != statements_.end()) return *found->second;
        INVARIANT(statements_.size() < kStatementsMax, "statements are static texts");
        if (!ours) note_statement(text);
        auto made = std::make_unique<Statement>();
        made->key = text;
        made->numbered = dollar_params(text);
        Statement& statement = *made;
        statements_.emplace(statement.key, std::move(made));
        return statement;
    }

    Variant& variant_for(Statement& statement, std::span<const Param> params) {
        for (auto& known : statement.variants) {
            if (known->takes(params)) return *known;
        }
        auto made = std::make_unique<Variant>();
        made->name = "s" + std::to_string(++names_);
        for (std::size_t i = 0; i < params.size(); ++i) {
            const Oid wanted = oid_of(params[i]);
            const bool known = wanted != kOidNone || statement.variants.empty();
            made->types.push_back(known ? wanted : statement.variants.back()->types[i]);
        }
        return *statement.variants.emplace_back(std::move(made));
    }

    // Sends a statement (and its preparation, when this connection has not yet met it) without waiting.
    Status enqueue(std::string_view text, std::span<const Param> params, bool ours) {
        Statement& statement = find(text, ours);
        if (static_cast<std::size_t>(statement.numbered.params) != params.size()) {
            return state_.fail(wrong_param_count(params.size(), statement.numbered.params));
        }
        if (auto good = check_params(params); !good) return state_.fail(good.error());
        Variant& variant = variant_for(statement, params);
        if (variant.stage == Stage::Unknown) {
            const int sent = PQsendPrepare(server_.get(), variant.name.c_str(), statement.numbered.text.c_str(),
                                           static_cast<int>(variant.types.size()), variant.types.data());
            if (sent != 1) return lost();
            variant.stage = Stage::Queued;
            pending_.push_back({Step::Prepare, &variant});
        }
        bound_.bind(params);
        const int sent = PQsendQueryPrepared(server_.get(), variant.name.c_str(), bound_.count(), bound_.values(),
                                             bound_.lengths(), bound_.formats(), 1);
        if (sent != 1) return lost();
        pending_.push_back({Step::Execute, &variant});
        return ok();
    }

    // Ends the pipeline and collects every outcome; the first error is the one that is given back.
    Status settle(Wanted* wanted) {
        if (PQpipelineSync(server_.get()) != 1) return lost();
        std::optional<Error> first;
        for (std::size_t i = 0; i < pending_.size() && !broken_; ++i) {
            const bool last = i + 1 == pending_.size();
            auto outcome = collect(pending_[i], last ? wanted : nullptr);
            if (!outcome && !first) first = outcome.error();
        }
        pending_.clear();
        if (broken_) return lost();
        const Answer end(PQgetResult(server_.get()));
        if (PQresultStatus(end.get()) != PGRES_PIPELINE_SYNC) return lost();
        if (first) return state_.fail(std::move(*first));
        return ok();
    }

    // Every result of one sent step, up to the empty one that ends it.
    Status collect(const Pending& step, Wanted* wanted) {
        if (wanted != nullptr && wanted->row_fn != nullptr) PQsetSingleRowMode(server_.get());
        Status outcome;
        bool more = true;
        bool aborted = false;
        while (Answer answer{PQgetResult(server_.get())}) {
            switch (PQresultStatus(answer.get())) {
                case PGRES_SINGLE_TUPLE:
                    if (more && outcome) outcome = row(answer.get(), *wanted->row_fn, more);
                    break;
                case PGRES_TUPLES_OK:
                case PGRES_COMMAND_OK:
                    if (wanted != nullptr) note(answer.get(), *wanted);
                    break;
                case PGRES_PIPELINE_ABORTED: aborted = true; break;
                default: outcome = failure(answer.get()); break;
            }
            if (broken_) break;
        }
        if (step.step == Step::Prepare) {
            step.variant->stage = outcome && !aborted ? Stage::Ready : Stage::Unknown;
        }
        return outcome;
    }

    Error failure(const PGresult* result) {
        if (PQstatus(server_.get()) != CONNECTION_OK) broken_ = true;
        return error_of(result);
    }

    static void note(PGresult* result, Wanted& wanted) {
        wanted.tag = PQcmdStatus(result);
        wanted.changed = std::strtoll(PQcmdTuples(result), nullptr, 10);
    }

    // The callback may stop early; the rows behind it are still read off the wire.
    Status row(const PGresult* result, const RowFn& row_fn, bool& more) {
        TRY(row_.load(result, 0));
        more = state_.call(row_fn, row_);
        return ok();
    }

    Server server_;
    Access access_;
    UnitState state_;
    bool broken_ = false;
    std::uint64_t names_ = 0;
    std::unordered_map<std::string_view, std::unique_ptr<Statement>> statements_;
    std::vector<Pending> pending_;
    BoundParams bound_;
    PostgresRow row_;
};

void ignore_notice(void*, const PGresult*) {}

// libpq's words name host, port and user, not the password.
Error unreachable(PGconn* server) {
    std::string words = server == nullptr ? "out of memory" : PQerrorMessage(server);
    std::ranges::replace(words, '\n', ' ');
    return Error(ErrorCode::Unavailable, "postgres: " + words);
}

Status configure(PGconn* server, Access access) {
    PQsetNoticeReceiver(server, ignore_notice, nullptr);
    const char* encoding = PQparameterStatus(server, "server_encoding");
    if (encoding == nullptr || std::string_view(encoding) != "UTF8") {
        return Error(ErrorCode::Invalid, "postgres: the database must be made with encoding UTF8 and locale C.UTF-8");
    }
    std::string settings =
        "SET client_min_messages=warning; SET timezone='UTC'; SET synchronous_commit=on;"
        "SET standard_conforming_strings=on; SET default_transaction_isolation='read committed';";
    if (access == Access::Reader) settings += "SET default_transaction_read_only=on;";
    const Answer answer(PQexec(server, settings.c_str()));
    const bool good = PQresultStatus(answer.get()) == PGRES_COMMAND_OK && PQenterPipelineMode(server) == 1;
    if (!good) return unreachable(server);
    return ok();
}

}  // namespace

Result<std::unique_ptr<Connection>> open_postgres(const std::string& uri, Access access) {
    // What the URI says comes last and wins; a dead peer is noticed within half a minute.
    constexpr const char* kKeys[] = {"client_encoding", "application_name", "connect_timeout", "keepalives_idle",
                                     "keepalives_interval", "keepalives_count", "tcp_user_timeout", "dbname", nullptr};
    const char* const values[] = {"UTF8", "tilth", "10", "10", "5", "3", "30000", uri.c_str(), nullptr};
    Server server(PQconnectdbParams(kKeys, values, 1));
    if (PQstatus(server.get()) != CONNECTION_OK) return unreachable(server.get());
    TRY(configure(server.get(), access));
    return std::unique_ptr<Connection>(std::make_unique<PostgresConnection>(std::move(server), access));
}

}  // namespace tilth::sql::internal
