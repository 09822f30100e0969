// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Admission, Disclosure, Terms} from "../src/Types.sol";
import {Base} from "./Base.sol";
import {Snapshots} from "./Snapshots.sol";

/// @dev The gate, called by a transaction: only those are isolated.
interface IGateByTransaction {
    function canDecrypt(address holder, bytes32 sessionKey, uint256 workId, uint256 chainId)
        external
        returns (bool);
}

/// @dev What each way to yes costs a key node: every call is a transaction of its own, so that every word is cold.
/// A transaction's base fee and call data are left out: they are no work of the gate.
/// forge-config: default.isolate = true
/// forge-config: tests.isolate = true
contract GateCostTest is Base, Snapshots {
    uint256 internal constant BASE_GAS = 21_000;
    uint256 internal constant CEILING_GAS = 30_000;

    function snapshotGroup() internal pure override returns (string memory) {
        return "gate";
    }

    function workOf(bytes32 salt, Admission admission, address[] memory admitted)
        internal
        returns (uint256 workId)
    {
        Terms memory terms = defaultTerms();
        (terms.disclosure, terms.admission) = (Disclosure.Openable, admission);
        workId = createWork(salt, terms, noParents(), admitted);
        give(buyer.addr, workId, 1);
    }

    function costs(string memory what, address holder, bytes32 key, uint256 workId, uint256 ceilingGas)
        internal
    {
        bool opens = IGateByTransaction(address(gate)).canDecrypt(holder, key, workId, block.chainid);
        uint256 gas = vm.lastCallGas().gasTotalUsed - BASE_GAS;
        gas -= dataGas(abi.encodeCall(gate.canDecrypt, (holder, key, workId, block.chainid)));
        assertTrue(opens, what);
        assertGt(gas, 2100, "isolated, so that words are cold");
        keep(what, gas);
        assertLe(gas, ceilingGas, what);
    }

    function dataGas(bytes memory data) internal pure returns (uint256 gas) {
        for (uint256 i; i < data.length; ++i) {
            gas += data[i] == 0 ? 4 : 16;
        }
    }

    function test_every_way_to_yes_costs_at_most_thirty_thousand_and_a_stranded_works_little_more() public {
        register(node, NODE_KEY, MIN_BOND);
        uint256 listedId = workOf("listed", Admission.Listed, listOf(node));
        costs("creator", creator.addr, 0, listedId, CEILING_GAS);
        costs("edition, listed operator", buyer.addr, NODE_KEY, listedId, CEILING_GAS);
        vm.prank(creator.addr);
        admissions.setAdmitted(listedId, node, false);
        costs("edition, operator whose removal waits", buyer.addr, NODE_KEY, listedId, CEILING_GAS);
        vm.prank(buyer.addr);
        works.openCopy(listedId);
        costs("opened copy", buyer.addr, 0, listedId, CEILING_GAS);
        uint256 bondedId = workOf("bonded", Admission.Bonded, nobody());
        costs("edition, bonded admission", buyer.addr, NODE_KEY, bondedId, CEILING_GAS);
        uint256 strandedId = workOf("stranded", Admission.Listed, nobody());
        vm.warp(timeNow() + 30 days + 1);
        // It reads two words more to see that nobody serves: ten in all, and three contracts, are 28,800 alone.
        costs("edition, stranded work without a list", buyer.addr, NODE_KEY, strandedId, 36_000);
    }

    function test_the_longest_list_of_a_stranded_work_stays_within_any_nodes_limit() public {
        register(node, NODE_KEY, MIN_BOND);
        uint256 workId = workOf("long", Admission.Listed, nobody());
        for (uint160 i; i < 16; ++i) {
            address listed = address(1000 + i);
            fund(listed);
            register(listed, bytes32(uint256(1000 + i)), MIN_BOND);
            vm.prank(creator.addr);
            admissions.setAdmitted(workId, listed, true);
            vm.startPrank(listed);
            admissions.setAccepted(workId, listed, true);
            operators.beginUnbonding();
            vm.stopPrank();
        }
        vm.warp(timeNow() + 30 days + 1);
        costs("edition, stranded work with sixteen that left", buyer.addr, NODE_KEY, workId, 175_000);
    }
}
