// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

/// @dev Holds what is measured to what snapshots/ says of it; see the README there.
abstract contract Snapshots is Test {
    /// @dev Half a percent, either way: what became cheaper is written down too.
    uint256 private constant TOLERANCE = 0.005e18;

    /// @dev Each test contract has a file of its own in snapshots/.
    function snapshotGroup() internal pure virtual returns (string memory);

    function keep(string memory name, uint256 measuredNow) internal {
        emit log_named_uint(name, measuredNow);
        string memory group = snapshotGroup();
        if (vm.envOr("GRIMOIRE_UPDATE_SNAPSHOTS", false)) {
            vm.snapshotValue(group, name, measuredNow);
            return;
        }
        string memory kept = vm.readFile(string.concat("snapshots/", group, ".json"));
        string memory key = string.concat('$["', name, '"]');
        require(vm.keyExistsJson(kept, key), string.concat("snapshots/", group, ".json lacks: ", name));
        assertApproxEqRel(measuredNow, vm.parseJsonUint(kept, key), TOLERANCE, name);
    }
}
