//! Tests of quotas as options.

use super::*;

#[test]
fn a_quota_changes_only_what_it_names() {
    let before = Quota::in_node_pool("4").gpus(1.0).gpu_limit(8.0).cpus(2.0);
    let changed = pool_quota("a100=0.5").unwrap().applied_to(before.clone());
    assert_eq!(changed, before.clone().gpus(0.5));
    let text = "a100=2,limit=4,weight=1,cpus=8,memory=64GB";
    let quota = pool_quota(text).unwrap();
    assert_eq!(quota.to_string(), text);
    let changed = quota.applied_to(before);
    assert_eq!(changed.gpu.limit, Some(4.0));
    assert_eq!(changed.memory_units, Some(MemoryUnits::Gigabytes));
    assert_eq!(changed.node_pool_id.as_deref(), Some("4"));
}

#[test]
fn a_mistake_is_named() {
    for (text, words) in [
        ("a100", "a node pool"),
        ("=2", "a node pool"),
        ("a100=", "not a number"),
        ("a100=-1", "not a number"),
        ("a100=inf", "not a number"),
        ("a100=2,gpu=1", "\"gpu\" is not known"),
        ("a100=2,memory=64", "needs a unit"),
        ("a100=2,limit", "not a number"),
    ] {
        let message = pool_quota(text).unwrap_err();
        assert!(message.contains(words), "{text}: {message}");
    }
}
