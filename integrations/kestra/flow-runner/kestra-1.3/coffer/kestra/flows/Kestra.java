package coffer.kestra.flows;

import io.kestra.core.models.executions.Execution;
import io.kestra.core.models.executions.LogEntry;
import io.kestra.core.models.flows.Flow;
import io.kestra.core.models.flows.GenericFlow;
import io.kestra.core.queues.QueueFactoryInterface;
import io.kestra.core.queues.QueueInterface;
import io.kestra.core.repositories.ExecutionRepositoryInterface;
import io.kestra.core.repositories.FlowRepositoryInterface;
import io.kestra.core.repositories.LogRepositoryInterface;
import io.kestra.core.runners.ExecutorInterface;
import io.kestra.core.runners.Indexer;
import io.kestra.core.runners.Worker;
import io.kestra.core.server.Service;
import io.kestra.core.services.FlowService;
import io.micronaut.context.ApplicationContext;
import io.micronaut.core.type.Argument;
import io.micronaut.inject.qualifiers.Qualifiers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.event.Level;

/** What the program needs of Kestra 1.3. */
final class Kestra {
    /** What Kestra's own launcher has beside application.yml: it makes the tables of the database. */
    static final Map<String, Object> PROPERTIES = Map.of(
        "flyway.datasources.h2.enabled", true,
        "flyway.datasources.h2.locations", List.of("classpath:migrations/h2"),
        "flyway.datasources.h2.out-of-order", true
    );

    private static final int WORKER_THREADS = 4;
    private static final long POLL_INTERVAL_MS = 20;

    private final ApplicationContext context;

    Kestra(ApplicationContext context) {
        this.context = context;
    }

    /** Starts what executes flows, and waits until it runs. */
    void start() throws InterruptedException {
        ExecutorInterface executor = context.getBean(ExecutorInterface.class);
        // As Kestra's own launcher makes it: its number of threads is known there alone.
        Worker worker = context.createBean(Worker.class, UUID.randomUUID().toString(), WORKER_THREADS, null);
        Indexer indexer = context.getBean(Indexer.class);
        inBackground(executor);
        inBackground(worker);
        inBackground(indexer);
        for (Service service : List.of(executor, worker, indexer)) {
            while (service.getState() != Service.ServiceState.RUNNING) Thread.sleep(POLL_INTERVAL_MS);
        }
    }

    private static void inBackground(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    String create(String tenant, String source) throws Exception {
        return context.getBean(FlowService.class).create(GenericFlow.fromYaml(tenant, source), false).getId();
    }

    /** Returns the id of the new execution. */
    @SuppressWarnings("unchecked")
    String run(String tenant, String namespace, String id) throws Exception {
        Flow flow = context.getBean(FlowRepositoryInterface.class).findById(tenant, namespace, id, Optional.empty()).orElseThrow();
        Execution execution = Execution.newExecution(flow, List.of());
        QueueInterface<Execution> queue = context.getBean(
            Argument.of(QueueInterface.class, Execution.class),
            Qualifiers.byName(QueueFactoryInterface.EXECUTION_NAMED)
        );
        queue.emit(execution);
        return execution.getId();
    }

    String state(String tenant, String execution) {
        return context.getBean(ExecutionRepositoryInterface.class)
            .findById(tenant, execution)
            .map(found -> found.getState().getCurrent().name())
            .orElse("UNKNOWN");
    }

    List<String> logs(String tenant, String execution) {
        return context.getBean(LogRepositoryInterface.class)
            .findByExecutionId(tenant, execution, Level.TRACE)
            .stream()
            .map(LogEntry::getMessage)
            .toList();
    }
}
