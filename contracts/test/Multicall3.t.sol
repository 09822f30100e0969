// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

import {Errors} from "../src/Errors.sol";
import {Multicall3} from "../src/settlement/Multicall3.sol";
import {Deployed} from "./Deployed.sol";

contract Multicall3Test is Test, Deployed {
    Multicall3 internal multicall;

    function setUp() public {
        multicall = Multicall3(deployArtifact("Multicall3", ""));
    }

    function answer() external pure returns (uint256) {
        return 42;
    }

    function refuse() external pure {
        revert("no");
    }

    function test_a_failure_that_is_allowed_is_reported_and_the_rest_answered() public {
        Multicall3.Call[] memory calls = new Multicall3.Call[](2);
        calls[0] = Multicall3.Call(address(this), abi.encodeCall(this.refuse, ()));
        calls[1] = Multicall3.Call(address(this), abi.encodeCall(this.answer, ()));
        Multicall3.Result[] memory results = multicall.tryAggregate(false, calls);
        assertFalse(results[0].success);
        assertEq(results[0].returnData, abi.encodeWithSignature("Error(string)", "no"));
        assertEq(abi.decode(results[1].returnData, (uint256)), 42);
        bytes memory refusal = abi.encodeWithSelector(
            Errors.Multicall3_CallFailed.selector, 0, abi.encodeWithSignature("Error(string)", "no")
        );
        vm.expectRevert(refusal);
        multicall.tryAggregate(true, calls);
    }

    function test_each_call_says_whether_it_may_fail() public {
        Multicall3.Call3[] memory calls = new Multicall3.Call3[](2);
        calls[0] = Multicall3.Call3(address(this), false, abi.encodeCall(this.answer, ()));
        calls[1] = Multicall3.Call3(address(this), true, abi.encodeCall(this.refuse, ()));
        Multicall3.Result[] memory results = multicall.aggregate3(calls);
        assertTrue(results[0].success);
        assertFalse(results[1].success);
        calls[1].allowFailure = false;
        vm.expectRevert();
        multicall.aggregate3(calls);
    }

    function test_it_reads_block_time_and_balance() public {
        vm.roll(77);
        vm.warp(88);
        vm.deal(address(9), 99);
        assertEq(multicall.getBlockNumber(), 77);
        assertEq(multicall.getCurrentBlockTimestamp(), 88);
        assertEq(multicall.getEthBalance(address(9)), 99);
    }
}
