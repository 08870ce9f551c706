package coffer.kestra;

/** Lets {@code -javaagent:} put this jar on the class path of Kestra's launcher, which has no other way in. No class is changed. */
public final class Premain {
    private Premain() {}

    /** Does nothing: Micronaut finds the beans of the jar by itself. */
    public static void premain(String arguments) {}
}
