// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Admission, Disclosure, Terms} from "../src/Types.sol";
import {Base} from "./Base.sol";

/// @dev The gate's truth table, every row of it, held against the rule as the design words it.
contract GateTableTest is Base {
    enum Bonded {
        Active,
        Unbonding,
        BelowMinimum,
        Withdrawn
    }

    enum Admitted {
        Listed,
        NotListed,
        RemovalPending,
        Removed,
        ByBond,
        Stranded
    }

    bytes32 internal constant OLD_KEY = keccak256("old");

    uint256 internal workId;
    uint256 internal rows;

    function world(Bonded bonded, Admitted admitted) internal {
        register(node, OLD_KEY, bonded == Bonded.BelowMinimum ? MIN_BOND - 1 : MIN_BOND);
        vm.startPrank(node);
        operators.rotateSessionKey(NODE_KEY);
        if (bonded == Bonded.Unbonding || bonded == Bonded.Withdrawn) operators.beginUnbonding();
        if (bonded == Bonded.Withdrawn) {
            vm.warp(timeNow() + 14 days);
            operators.withdrawBond(node);
        }
        vm.stopPrank();
        Terms memory terms = defaultTerms();
        terms.disclosure = Disclosure.Openable;
        if (admitted == Admitted.ByBond) terms.admission = Admission.Bonded;
        bool isListed =
            admitted != Admitted.ByBond && admitted != Admitted.NotListed && admitted != Admitted.Stranded;
        workId = createWork("salt", terms, noParents(), isListed ? listOf(node) : nobody());
        if (admitted == Admitted.Stranded) vm.warp(timeNow() + 30 days + 1);
        if (admitted == Admitted.RemovalPending || admitted == Admitted.Removed) {
            vm.prank(creator.addr);
            admissions.setAdmitted(workId, node, false);
            vm.warp(timeNow() + (admitted == Admitted.Removed ? 7 days : 7 days - 1));
        }
    }

    /// @dev The rule: the right chain, and the creator, or a copy, or an edition with the key of who is active and admitted.
    function rule(
        bool isCreator,
        uint256 editions,
        uint256 copies,
        bytes32 key,
        Bonded bonded,
        Admitted admitted
    ) internal pure returns (bool) {
        if (isCreator || copies != 0) return true;
        bool isAdmitted = admitted != Admitted.NotListed && admitted != Admitted.Removed;
        return editions != 0 && key == NODE_KEY && bonded == Bonded.Active && isAdmitted;
    }

    function checkRows(address holder, Bonded bonded, Admitted admitted) internal {
        bytes32[4] memory keys = [bytes32(0), keccak256("unknown"), OLD_KEY, NODE_KEY];
        (, uint256 editions, uint256 copies) = works.standing(workId, holder);
        for (uint256 i; i < keys.length; ++i) {
            bool expected = rule(holder == creator.addr, editions, copies, keys[i], bonded, admitted);
            assertEq(gate.canDecrypt(holder, keys[i], workId, block.chainid), expected);
            assertFalse(gate.canDecrypt(holder, keys[i], workId, block.chainid + 1));
            assertFalse(gate.canDecrypt(holder, keys[i], workId + 1, block.chainid));
            rows += 3;
        }
    }

    function checkWorld(Bonded bonded, Admitted admitted) internal {
        world(bonded, admitted);
        address[2] memory holders = [creator.addr, buyer.addr];
        for (uint256 i; i < holders.length; ++i) {
            checkRows(holders[i], bonded, admitted);
            give(holders[i], workId, 1);
            checkRows(holders[i], bonded, admitted);
            vm.prank(holders[i]);
            works.openCopy(workId);
            checkRows(holders[i], bonded, admitted);
            give(holders[i], workId, 1);
            checkRows(holders[i], bonded, admitted);
        }
    }

    function test_every_row_of_the_table_is_as_the_design_says() public {
        uint256 clean = vm.snapshotState();
        uint256 seen;
        for (uint8 b; b < 4; ++b) {
            for (uint8 a; a < 6; ++a) {
                rows = 0;
                checkWorld(Bonded(b), Admitted(a));
                seen += rows;
                vm.revertToState(clean);
            }
        }
        assertEq(seen, 24 * 2 * 4 * 4 * 3);
    }
}
