package coffer.kestra.flows;

import io.kestra.core.models.executions.Execution;
import io.kestra.core.models.executions.LogEntry;
import io.kestra.core.models.flows.Flow;
import io.kestra.core.models.flows.GenericFlow;
import io.kestra.core.queues.DispatchQueueInterface;
import io.kestra.core.repositories.ExecutionRepositoryInterface;
import io.kestra.core.repositories.FlowRepositoryInterface;
import io.kestra.core.repositories.LogDataStoreInterface;
import io.kestra.core.runners.Executor;
import io.kestra.core.runners.Indexer;
import io.kestra.core.runners.Worker;
import io.kestra.core.server.Service;
import io.kestra.core.services.FlowService;
import io.kestra.core.worker.Controller;
import io.micronaut.context.ApplicationContext;
import io.micronaut.core.type.Argument;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.event.Level;

/** What the program needs of Kestra 2.0. */
final class Kestra {
    /** Nothing but application.yml. */
    static final Map<String, Object> PROPERTIES = Map.of();

    private static final int WORKER_THREADS = 4;
    private static final long POLL_INTERVAL_MS = 20;

    private final ApplicationContext context;

    Kestra(ApplicationContext context) {
        this.context = context;
    }

    /** Starts what executes flows, and waits until it runs. */
    void start() throws InterruptedException {
        Executor executor = context.getBean(Executor.class);
        Controller controller = context.getBean(Controller.class);
        Worker worker = context.getBean(Worker.class);
        Indexer indexer = context.getBean(Indexer.class);
        inBackground(executor);
        inBackground(controller::start);
        inBackground(() -> worker.start(WORKER_THREADS));
        inBackground(indexer);
        for (Service service : List.of(executor, controller, worker, indexer)) {
            while (service.getState() != Service.ServiceState.RUNNING) Thread.sleep(POLL_INTERVAL_MS);
        }
    }

    private static void inBackground(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
    }

    String create(String tenant, String source) throws Exception {
        return context.getBean(FlowService.class).create(GenericFlow.fromYaml(tenant, source)).getId();
    }

    /** Returns the id of the new execution. */
    @SuppressWarnings("unchecked")
    String run(String tenant, String namespace, String id) throws Exception {
        Flow flow = context.getBean(FlowRepositoryInterface.class).findById(tenant, namespace, id, Optional.empty()).orElseThrow();
        Execution execution = Execution.newExecution(flow, List.of());
        DispatchQueueInterface<Execution> queue = context.getBean(Argument.of(DispatchQueueInterface.class, Execution.class));
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
        return context.getBean(LogDataStoreInterface.class)
            .findByExecutionId(tenant, execution, Level.TRACE)
            .stream()
            .map(LogEntry::getMessage)
            .toList();
    }
}
