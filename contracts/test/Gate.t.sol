// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Admission, Disclosure, Terms} from "../src/Types.sol";
import {Base, Errors} from "./Base.sol";

/// @dev What the gate promises, in words. Its whole truth table is in GateTable.t.sol.
contract GateTest is Base {
    bytes32 internal constant NO_KEY = 0;
    bytes32 internal constant UNKNOWN_KEY = keccak256("unknown");

    uint256 internal workId;

    function setUp() public override {
        super.setUp();
        Terms memory terms = defaultTerms();
        terms.disclosure = Disclosure.Openable;
        workId = createWork("salt", terms, noParents(), listOf(node));
        register(node, NODE_KEY, MIN_BOND);
        give(buyer.addr, workId, 2);
    }

    function opens(address holder, bytes32 key) internal view returns (bool) {
        return gate.canDecrypt(holder, key, workId, block.chainid);
    }

    function test_a_gate_needs_works_operators_and_admissions() public {
        vm.expectRevert(Errors.Gate_ZeroWorks.selector);
        deployGate(address(0), address(operators), address(admissions));
        vm.expectRevert(Errors.Gate_ZeroOperators.selector);
        deployGate(address(works), address(0), address(admissions));
        vm.expectRevert(Errors.Gate_ZeroAdmissions.selector);
        deployGate(address(works), address(operators), address(0));
        assertEq(gate.works(), address(works));
        assertEq(gate.operators(), address(operators));
        assertEq(gate.admissions(), address(admissions));
    }

    // ------------------------------------------------------------------ chain, work, holder

    function testFuzz_on_another_chain_nothing_opens(uint256 chainId) public view {
        vm.assume(chainId != block.chainid);
        assertFalse(gate.canDecrypt(creator.addr, NODE_KEY, workId, chainId));
        assertFalse(gate.canDecrypt(buyer.addr, NODE_KEY, workId, chainId));
    }

    function test_a_work_that_is_not_there_opens_to_nobody() public view {
        assertFalse(gate.canDecrypt(buyer.addr, NODE_KEY, workId + 1, block.chainid));
        assertFalse(gate.canDecrypt(address(0), NO_KEY, workId + 1, block.chainid));
    }

    function test_the_zero_holder_opens_nothing() public view {
        assertFalse(opens(address(0), NO_KEY));
        assertFalse(opens(address(0), NODE_KEY));
    }

    function test_a_stranger_opens_nothing_with_any_key() public view {
        assertFalse(opens(stranger, NO_KEY));
        assertFalse(opens(stranger, UNKNOWN_KEY));
        assertFalse(opens(stranger, NODE_KEY));
    }

    function test_an_operator_alone_opens_nothing() public view {
        assertFalse(opens(node, NODE_KEY));
    }

    // ------------------------------------------------------------------ creator and opened copies

    function testFuzz_the_creator_opens_with_any_key_and_with_none(bytes32 key) public view {
        assertTrue(opens(creator.addr, key));
        assertTrue(opens(creator.addr, NO_KEY));
    }

    function testFuzz_an_opened_copy_opens_with_any_key_and_with_none(bytes32 key) public {
        vm.prank(buyer.addr);
        works.openCopy(workId);
        vm.prank(buyer.addr);
        works.safeTransferFrom(buyer.addr, stranger, workId, 1, "");
        assertTrue(opens(buyer.addr, key));
        assertTrue(opens(buyer.addr, NO_KEY));
    }

    // ------------------------------------------------------------------ editions

    function test_an_edition_opens_with_the_key_of_an_active_admitted_operator() public view {
        assertTrue(opens(buyer.addr, NODE_KEY));
    }

    function test_an_edition_alone_opens_nothing() public view {
        assertFalse(opens(buyer.addr, NO_KEY));
        assertFalse(opens(buyer.addr, UNKNOWN_KEY));
    }

    function test_whoever_gave_the_last_edition_away_is_shut_out_and_the_new_holder_is_let_in() public {
        vm.prank(buyer.addr);
        works.safeTransferFrom(buyer.addr, stranger, workId, 2, "");
        assertFalse(opens(buyer.addr, NODE_KEY));
        assertTrue(opens(stranger, NODE_KEY));
    }

    function test_an_unbonding_operator_opens_nothing_and_one_that_came_back_does() public {
        vm.prank(node);
        operators.beginUnbonding();
        assertFalse(opens(buyer.addr, NODE_KEY));
        vm.prank(node);
        operators.cancelUnbonding();
        assertTrue(opens(buyer.addr, NODE_KEY));
    }

    function test_an_operator_that_took_its_bond_opens_nothing() public {
        vm.startPrank(node);
        operators.beginUnbonding();
        vm.warp(timeNow() + 14 days);
        operators.withdrawBond(node);
        vm.stopPrank();
        assertFalse(opens(buyer.addr, NODE_KEY));
    }

    function test_an_operator_below_the_minimum_bond_opens_nothing_until_it_adds() public {
        address poor = makeAddr("poor");
        fund(poor);
        register(poor, "poor key", MIN_BOND - 1);
        vm.prank(creator.addr);
        admissions.setAdmitted(workId, poor, true);
        assertFalse(opens(buyer.addr, "poor key"));
        vm.prank(poor);
        operators.addBond(1);
        assertTrue(opens(buyer.addr, "poor key"));
    }

    function test_an_operator_that_the_work_does_not_admit_opens_nothing() public {
        fund(stranger);
        register(stranger, "other key", MIN_BOND);
        assertFalse(opens(buyer.addr, "other key"));
    }

    function test_a_removed_operator_opens_for_seven_days_more() public {
        vm.prank(creator.addr);
        admissions.setAdmitted(workId, node, false);
        vm.warp(timeNow() + 7 days - 1);
        assertTrue(opens(buyer.addr, NODE_KEY));
        vm.warp(timeNow() + 1);
        assertFalse(opens(buyer.addr, NODE_KEY));
    }

    function test_bonded_admission_lets_any_active_operator_in_and_no_other() public {
        Terms memory terms = defaultTerms();
        terms.admission = Admission.Bonded;
        uint256 openId = createWork("bonded", terms, noParents(), nobody());
        give(buyer.addr, openId, 1);
        fund(stranger);
        register(stranger, "other key", MIN_BOND - 1);
        assertTrue(gate.canDecrypt(buyer.addr, NODE_KEY, openId, block.chainid));
        assertFalse(gate.canDecrypt(buyer.addr, "other key", openId, block.chainid));
        vm.prank(stranger);
        operators.addBond(1);
        assertTrue(gate.canDecrypt(buyer.addr, "other key", openId, block.chainid));
    }

    function test_holders_are_not_stranded_when_no_admitted_operator_was_active_for_thirty_days() public {
        fund(stranger);
        register(stranger, "other key", MIN_BOND);
        vm.prank(node);
        admissions.setAccepted(workId, node, true);
        vm.warp(timeNow() + 90 days);
        vm.prank(node);
        operators.beginUnbonding();
        vm.warp(timeNow() + 30 days);
        assertFalse(opens(buyer.addr, "other key"));
        vm.warp(timeNow() + 1);
        assertTrue(opens(buyer.addr, "other key"));
        assertFalse(opens(buyer.addr, NODE_KEY), "the one that stopped still does not");
    }

    function test_a_slash_below_the_minimum_shuts_the_operator_out() public {
        vm.prank(governor);
        operators.announceSlash(node, 1, "");
        vm.warp(timeNow() + 5 days);
        assertTrue(opens(buyer.addr, NODE_KEY), "an announcement changes nothing");
        vm.prank(governor);
        operators.executeSlash(node);
        assertFalse(opens(buyer.addr, NODE_KEY));
    }

    function test_a_rotated_away_key_opens_nothing_and_the_new_one_does() public {
        vm.prank(node);
        operators.rotateSessionKey("new key");
        assertFalse(opens(buyer.addr, NODE_KEY));
        assertTrue(opens(buyer.addr, "new key"));
    }

    // ------------------------------------------------------------------ totality

    function testFuzz_it_never_reverts(address holder, bytes32 key, uint256 id, uint256 chainId) public view {
        bool right = chainId == block.chainid && id == workId;
        bool held = holder == creator.addr || (holder == buyer.addr && key == NODE_KEY);
        assertEq(gate.canDecrypt(holder, key, id, chainId), right && held);
        assertEq(gate.canDecrypt(holder, key, workId, block.chainid), held);
        assertEq(gate.canDecrypt(buyer.addr, key, workId, block.chainid), key == NODE_KEY);
    }

    function test_it_never_reverts_with_the_longest_list_and_any_time() public {
        address[] memory list = new address[](16);
        for (uint160 i; i < 16; ++i) {
            list[i] = address(i + 1000);
            fund(list[i]);
            register(list[i], bytes32(uint256(i + 1000)), MIN_BOND);
            vm.prank(list[i]);
            operators.beginUnbonding();
        }
        uint256 longId = createWork("long", defaultTerms(), noParents(), list);
        give(buyer.addr, longId, 1);
        vm.warp(type(uint64).max);
        assertTrue(gate.canDecrypt(buyer.addr, NODE_KEY, longId, block.chainid));
        assertFalse(gate.canDecrypt(buyer.addr, bytes32(uint256(1000)), longId, block.chainid));
    }
}
